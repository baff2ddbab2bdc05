/** The terminal. Talk goes to stderr; what was asked for goes to stdout. */
export interface Ui {
  readonly interactive: boolean
  /** A line for people, on stderr. */
  say(text: string): void
  /** Data, on stdout. */
  print(text: string): void
  /** A signal takes the question away: that is a no. @throws GhaError `NO_TTY` (exit 2) when nobody can answer. */
  confirm(question: string, signal?: AbortSignal): Promise<boolean>
  input(question: InputQuestion): Promise<string>
  password(question: InputQuestion): Promise<string>
  select<T extends string>(message: string, choices: readonly {readonly value: T; readonly name: string}[]): Promise<T>
}

export interface InputQuestion {
  readonly message: string
  readonly default?: string
  /** True when the answer is good, otherwise what is wrong with it. Asked again until true. */
  readonly validate?: (answer: string) => Promise<true | string> | true | string
}
