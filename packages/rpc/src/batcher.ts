export interface BatcherOptions<Req, Res> {
  /** Sends one batch; the answer at each index belongs to the request at that index. */
  send(requests: Req[]): Promise<Res[]>;
  maxBatch: number;
  /** Batches under way at once; while all are, what arrives waits and travels together. */
  maxInFlight: number;
  /** Beside a batch that is under way another one starts only when so many wait: larger batches cost less than more of them. */
  minBeside: number;
}

/**
 * Gathers single requests into batches without a clock: a lone request leaves at the end of the present turn of the event loop,
 * requests under load wait for a free slot and go together.
 */
export class Batcher<Req, Res> {
  readonly #o: BatcherOptions<Req, Res>;
  #waiting: { request: Req; resolve: (value: Res) => void; reject: (error: unknown) => void }[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(options: BatcherOptions<Req, Res>) {
    this.#o = options;
  }

  /** Rejects with whatever the whole batch failed with. */
  add(request: Req): Promise<Res> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#inFlight >= this.#o.maxInFlight) return;
    if (this.#inFlight > 0 && this.#waiting.length < this.#o.minBeside) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#o.maxBatch);
    if (batch.length === 0) return;
    this.#inFlight++;
    this.#schedule();
    try {
      const answers = await this.#o.send(batch.map((item) => item.request));
      if (answers.length !== batch.length) throw new Error(`A batch of ${batch.length} was answered by ${answers.length}.`);
      for (const [index, item] of batch.entries()) item.resolve(answers[index]!);
    } catch (error) {
      for (const item of batch) item.reject(error);
    } finally {
      this.#inFlight--;
      this.#schedule();
    }
  }
}
