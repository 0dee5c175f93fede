// Asks one ONVIF device: without credentials first; when it refuses and somebody gave a login for this run, with HTTP
// Digest where it offers that, else with a UsernameToken by the device's own clock. A login that was refused is not sent
// again, for cameras lock their users out after a few.

import { randomBytes } from 'node:crypto';
import { nowUs, wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { Authorizer, chooseChallenge, parseChallenges } from '../rtsp/auth.ts';
import { DeviceHttp, type HttpAllowance, type HttpAnswer } from './device-http.ts';
import { readEnvelope, usernameToken, writeEnvelope, type SoapAnswer } from './soap-envelope.ts';
import type { Login } from './types.ts';
import { MAX_XML_BYTES, type XmlElement } from './xml.ts';

export interface SoapClientOptions extends HttpAllowance {
  readonly login: Login | null;
  /** Of one answer, milliseconds. */
  readonly timeoutMs: number;
}

/** One operation of a service. */
export interface SoapCall {
  readonly url: string;
  readonly namespace: string;
  /** `GetProfiles`. */
  readonly operation: string;
  readonly body: string;
  /** Of strangers: it never logs in, and a short answer is all that is read. */
  readonly isOpen?: boolean;
}

/** The longest time seen, with all its namespaces, has 4 KB; who answers more is no ONVIF device. */
const MAX_OPEN_BYTES = 16_384;
/** The question, the login, and a login with a fresh nonce. */
const MAX_TRIES = 3;

export class SoapClient {
  readonly #options: SoapClientOptions;
  readonly #http: DeviceHttp;
  readonly #authorizer: Authorizer;
  #proof: 'none' | 'digest' | 'token' = 'none';
  #gaveUp = false;
  #clockOffsetMs = 0;

  constructor(options: SoapClientOptions) {
    this.#options = options;
    this.#http = new DeviceHttp({ timeoutMs: options.timeoutMs, maxBytes: MAX_XML_BYTES }, options);
    this.#authorizer = new Authorizer(options.login);
  }

  /** The device's clock minus ours: its UsernameTokens must be of its time. */
  set clockOffsetMs(value: number) {
    this.#clockOffsetMs = value;
  }

  /**
   * The element `…Response` of an answer. Rejects with `camera-unauthorized` when the device wants a login that was not
   * given or was wrong, with another SightlineError when it cannot, or with the reason of the signal.
   */
  async call(call: SoapCall): Promise<XmlElement> {
    for (let tries = 1; ; tries += 1) {
      const http = await this.#send(call);
      const answer = readAnswer(http, call);
      if (answer.kind === 'result') {
        this.#authorizer.confirm();
        return answer.result;
      }
      const where = `${call.operation} of ${new URL(call.url).host}`;
      if (!answer.refused) throw new SightlineError('camera-protocol', `${where} failed: ${answer.reason}`);
      if (call.isOpen === true || tries === MAX_TRIES || !this.#canProve(http)) throw this.#refusal(where);
    }
  }

  close(): void {
    this.#http.close();
  }

  async #send(call: SoapCall): Promise<HttpAnswer> {
    const { login } = this.#options;
    const url = new URL(call.url);
    const proof = call.isOpen === true ? 'none' : this.#proof;
    const digest = proof === 'digest' ? this.#authorizer.header('POST', url.pathname + url.search) : null;
    const token = proof === 'token' && login !== null ? usernameToken(login, this.#moment()) : '';
    const action = `${call.namespace}/${call.operation}`;
    return this.#http.ask({
      method: 'POST',
      url: call.url,
      headers: {
        'content-type': `application/soap+xml; charset=utf-8; action="${action}"`,
        accept: 'application/soap+xml, text/xml',
        ...(digest === null ? {} : { authorization: digest }),
      },
      body: writeEnvelope(token, call.body),
      ...(call.isOpen === true ? { maxBytes: MAX_OPEN_BYTES } : {}),
    });
  }

  #moment(): { nonce: Buffer; created: string } {
    const deviceMs = wallUs(nowUs()) / 1000 + this.#clockOffsetMs;
    return { nonce: randomBytes(16), created: new Date(deviceMs).toISOString() };
  }

  /** Chooses the proof after a refusal; false when there is none. Basic is never answered: it tells the password. */
  #canProve(http: HttpAnswer): boolean {
    if (this.#options.login === null || this.#gaveUp) return false;
    const offersDigest = chooseChallenge(parseChallenges(http.challenges))?.scheme === 'digest';
    if (offersDigest && this.#proof !== 'token' && this.#authorizer.accept(http.challenges)) this.#proof = 'digest';
    else if (this.#proof === 'none') this.#proof = 'token';
    else this.#gaveUp = true;
    if (this.#gaveUp) this.#proof = 'none';
    return !this.#gaveUp;
  }

  #refusal(where: string): SightlineError {
    const why = this.#options.login === null ? 'asks for a user name and password' : 'refused user name and password';
    return new SightlineError('camera-unauthorized', `${where} ${why}`);
  }
}

/** A refusal may be a status, a fault, or both. */
function readAnswer(http: HttpAnswer, call: SoapCall): SoapAnswer {
  const unauthorized = http.status === 401 || http.status === 403;
  if (http.body.length === 0 || unauthorized) {
    return { kind: 'fault', refused: unauthorized, reason: `it answered with status ${http.status}` };
  }
  return readEnvelope(http.body, call.operation);
}
