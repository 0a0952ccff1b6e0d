import * as pulumi from '@pulumi/pulumi';
import { fleetFromFile } from './components/fleet/from-file.ts';

/**
 * The program of every stack: reads the stack's fleet file, stacks/<stack>.fleet.yaml or the one that the
 * configuration value `bootfleet:fleetFile` names, and makes the fleet that it describes.
 */
const fleet = await fleetFromFile(new pulumi.Config('bootfleet').get('fleetFile'));

/** What is known of each server, by its name. */
export const servers = fleet.servers;
