// Stands for tinyglobby in the bundle: gha's commands are in oclif.manifest.json.
export function glob() {
  return Promise.reject(new Error('oclif.manifest.json is missing: install gha anew'))
}
