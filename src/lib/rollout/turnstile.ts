/** Lets one pass after the other, in the order they came; a failure of one does not stop the next. */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Somebody passes, or waits to. */
  get busy(): boolean {
    return this.#waiting > 0
  }

  pass<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const turn = this.#last.then(act).finally(() => {
      this.#waiting -= 1
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
