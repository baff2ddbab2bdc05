/** Lets one pass after the other, in the order they came; a failure of one does not stop the next. */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve()

  pass<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
