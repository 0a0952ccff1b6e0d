import { machineGone } from '../../errors/cloud.ts';
import type { ConsoleTransport } from '../../console/transport.ts';
import { machineStoppedByHost } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import type { BootSource, Cloud, CloudRef, MachineView } from '../cloud.ts';
import { endingWithItsMachine } from '../stop-watch.ts';
import { openConsole } from './console.ts';
import type { CloudEndpoints } from './endpoints.ts';
import { type HttpOptions, ScalewayHttp } from './http.ts';
import { ensurePower } from './power.ts';
import { bareId, bootTypeOf, machineView, type ServerAnswer } from './server-answer.ts';

/** Seconds for a machine that runs already to be shown so. */
const startSeconds = 60;

/**
 * Scaleway, the real one or the embedded one. Ids are taken with and without the zone that Pulumi puts before them.
 * Source: https://www.scaleway.com/en/developers/api/instances/ and recorded traffic.
 */
export class ScalewayCloud implements Cloud {
  readonly ref: CloudRef;
  readonly http: ScalewayHttp;
  readonly #at: CloudEndpoints;
  readonly #servers: string;

  constructor(ref: CloudRef, at: CloudEndpoints, options: HttpOptions = {}) {
    this.ref = ref;
    this.http = new ScalewayHttp(at, options);
    this.#at = at;
    this.#servers = `/instance/v1/zones/${encodeURIComponent(ref.zone)}/servers`;
  }

  async observe(id: string): Promise<MachineView | undefined> {
    const server = await this.#server(id);
    return server && machineView(server, this.#at.portOffset);
  }

  async list(tag?: string): Promise<readonly MachineView[]> {
    const query = { project: this.#at.projectId, ...(tag === undefined ? {} : { tags: tag }) };
    const servers = await this.http.listAll<ServerAnswer>(this.#servers, 'servers', query);
    return servers.map((server) => machineView(server, this.#at.portOffset));
  }

  async setBootSource(id: string, source: BootSource): Promise<void> {
    const server = await this.#server(id);
    if (server === undefined) throw machineGone({ id: bareId(id), doing: 'setting its boot type' });
    if (server.boot_type === bootTypeOf[source]) return;
    await this.http.send({
      method: 'PATCH',
      path: this.#path(id),
      body: { boot_type: bootTypeOf[source] },
      about: { resource: 'server', id: bareId(id) },
    });
  }

  async powerOn(id: string, deadline: Deadline): Promise<void> {
    await ensurePower({ http: this.http, path: this.#path(id), id: bareId(id), wanted: 'running', deadline });
  }

  async powerOff(id: string, deadline: Deadline): Promise<void> {
    await ensurePower({ http: this.http, path: this.#path(id), id: bareId(id), wanted: 'stopped', deadline });
  }

  async hardReboot(id: string, deadline: Deadline): Promise<void> {
    await this.powerOff(id, deadline);
    await this.powerOn(id, deadline);
  }

  async readNote(id: string, key: string): Promise<string | undefined> {
    const path = `${this.#path(id)}/user_data/${encodeURIComponent(key)}`;
    const answer = await this.http.send({ method: 'GET', path, orNothing: true });
    return answer?.text;
  }

  async writeNote(id: string, key: string, value: string): Promise<void> {
    const path = `${this.#path(id)}/user_data/${encodeURIComponent(key)}`;
    await this.http.send({
      method: 'PATCH',
      path,
      body: value,
      about: { resource: 'server', id: bareId(id) },
    });
  }

  async openConsole(id: string, deadline: Deadline): Promise<ConsoleTransport> {
    const since = Date.now();
    const line = await openConsole(this.#at, bareId(id), deadline);
    return endingWithItsMachine(line, {
      since,
      stopped: () => this.#hostStop(id),
      error: (why) => machineStoppedByHost({ machine: bareId(id), why }),
    });
  }

  /** Why the host stopped it. A machine that is shown starting may have been stopped already: it is asked again. */
  async #hostStop(id: string): Promise<string | undefined> {
    const { why } = await poll({
      probe: async () => {
        const view = await this.observe(id);
        return view?.power === 'starting' ? undefined : { why: view?.stoppedByHost };
      },
      deadline: Deadline.after(startSeconds),
      onTimeout: () => new Error('it is still starting'),
    });
    return why;
  }

  async #server(id: string): Promise<ServerAnswer | undefined> {
    const request = { method: 'GET', path: this.#path(id), orNothing: true } as const;
    const answer = await this.http.json<{ server: ServerAnswer }>(request);
    return answer?.server;
  }

  #path(id: string): string {
    return `${this.#servers}/${encodeURIComponent(bareId(id))}`;
  }
}
