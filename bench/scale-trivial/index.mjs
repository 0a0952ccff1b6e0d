// As many dynamic resources as BOOTFLEET_COUNT says, each with one input and nothing to do. JavaScript, because the
// program is copied out of the checkout before it runs, and types are stripped only where Node finds them outside.
import * as pulumi from '@pulumi/pulumi';

const nothing = {
  async create(inputs) {
    return { id: inputs.name, outs: inputs };
  },
};

class Trivial extends pulumi.dynamic.Resource {
  constructor(name) {
    super(nothing, name, { name });
  }
}

const count = Number(process.env.BOOTFLEET_COUNT);
for (let index = 1; index <= count; index += 1) new Trivial(`trivial-${index}`);
