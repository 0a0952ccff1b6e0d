import * as pulumi from '@pulumi/pulumi';

const provider: pulumi.dynamic.ResourceProvider = {
  create(inputs) {
    return Promise.resolve({ id: 'trivial', outs: inputs as object });
  },
};

class Trivial extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(provider, name, { name });
  }
}

const count = new pulumi.Config().requireNumber('count');
for (let i = 0; i < count; i += 1) new Trivial(`t-${i}`);
