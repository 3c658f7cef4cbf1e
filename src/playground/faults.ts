// Owns the programmable faults: what goes wrong between a client and the playground, and when.
import type { ServerResponse } from 'node:http';

export type FaultRequest = {
  /** The endpoint's name, such as `sync`, `send`, `redact`, `download`; `unknown` for all that is none. */
  endpoint: string;
  method: string;
  /** Decoded. */
  path: string;
  query: URLSearchParams;
  /** Full user id; null without a valid token. */
  user: string | null;
};

export type Fault =
  /** Answers so, and does nothing; `html` instead of a JSON body is what a proxy sends. */
  | { kind: 'status'; status: number; body?: Record<string, unknown>; headers?: Record<string, string>; html?: string }
  /** Carries the request out, then cuts the connection without an answer. */
  | { kind: 'lostAnswer' }
  /** Carries the request out with these parameters of its query in place of its own: an older token is a replayed sync. */
  | { kind: 'otherQuery'; query: Record<string, string> }
  /** Neither does nor answers anything until the client goes away or the playground stops. */
  | { kind: 'hang' }
  /** Carries the request out once the promise has settled. */
  | { kind: 'delay'; untilPromise: Promise<unknown> }
  /** Sends the whole body under another Content-Length; null: under none, in chunks. */
  | { kind: 'declaredLength'; bytes: number | null }
  /** Sends this much of the body, and then nothing more on an open connection. */
  | { kind: 'stall'; afterBytes: number }
  /** Sends this much of the body, then cuts the connection. */
  | { kind: 'cut'; afterBytes: number };

/** A fault that changes how an answer goes over the wire. */
export type WireFault = Extract<Fault, { kind: 'declaredLength' | 'stall' | 'cut' }>;

export type FaultRule = (request: FaultRequest) => Fault | null;

export class Faults {
  #rules: FaultRule[] = [];

  /** Asks the rule at every request from now on, after the rules before it; the function returned takes it back. */
  on(rule: FaultRule): () => void {
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /** Forgets all rules; requests that hang already go on hanging. */
  clear(): void {
    this.#rules = [];
  }

  /** The first rule's fault, for the server. */
  for(request: FaultRequest): Fault | null {
    for (const rule of this.#rules) {
      const fault = rule(request);
      if (fault) return fault;
    }
    return null;
  }
}

/** The answer of a `status` fault. */
export function faultResponse({ status, body, headers, html }: Extract<Fault, { kind: 'status' }>): Response {
  if (html !== undefined) return new Response(html, { status, headers: { 'Content-Type': 'text/html', ...headers } });
  return Response.json(body ?? { errcode: 'M_UNKNOWN', error: 'Internal server error' }, {
    status,
    headers: headers ?? {},
  });
}

/** Writes the answer past the framework, which would not send a body that is not as long as it says. */
export async function sendFaulty(outgoing: ServerResponse, response: Response, fault: WireFault): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  delete headers['content-length'];
  const declared = fault.kind === 'declaredLength' ? fault.bytes : body.length;
  if (declared !== null) headers['content-length'] = String(declared);
  outgoing.writeHead(response.status, headers);
  if (fault.kind !== 'declaredLength') {
    outgoing.write(body.subarray(0, fault.afterBytes), () => {
      if (fault.kind === 'cut') outgoing.destroy();
    });
    return;
  }
  // A client that is still owed bytes would wait for them on an open connection.
  outgoing.end(body, () => outgoing.destroy());
}
