// Stands for semver in the bundle: oclif asks it at every start whether this Node is new enough, and bin/run.js has looked.
export const satisfies = () => true
