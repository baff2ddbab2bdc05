/** The work's result, or a rejection after so many seconds; then `release` frees what the work holds. */
export async function within<T>(seconds: number, work: Promise<T>, release: () => void): Promise<T> {
  const {promise, reject} = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${seconds} s`))
    release()
  }, seconds * 1000)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
