/**
 * Shell text that defines `relabel PATH…`: gives what was moved into its place the SELinux label that the policy has for
 * that place. It asks the policy and not the file that was there, because an admin's `semanage fcontext` is in the
 * policy and outlives every relabelling of the system, where a bare `chcon` does not. Forced, because what an operator's
 * login made carries his SELinux user. Where SELinux is off nothing runs, and a label never fails the script around it:
 * the way back would fail by it too.
 */
export const RELABEL = `
relabel() {
  command -v restorecon >/dev/null 2>&1 || return 0
  [ -e /sys/fs/selinux/enforce ] || selinuxenabled 2>/dev/null || return 0
  restorecon -F "$@" >&2 || echo "cannot label $* for SELinux" >&2
  return 0
}`.trim()
