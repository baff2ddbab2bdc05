import {spawn} from 'node:child_process'

/** Says to whoever starts it as a unit of type notify that it is up; Node itself has no such socket. */
export function tellSystemd(): void {
  if (!process.env['NOTIFY_SOCKET']) return
  spawn('systemd-notify', ['--ready'], {stdio: 'ignore'}).on('error', () => undefined)
}
