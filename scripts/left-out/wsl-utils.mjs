// Stands for wsl-utils in the bundle: oclif asks it at every start, and gha does nothing else on WSL than on Linux.
export const isWsl = false
export const powerShellPath = () => Promise.reject(new Error('gha starts no PowerShell'))
