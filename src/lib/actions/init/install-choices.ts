import {INSTALL_METHODS} from '../../config/schema/grafana.ts'
import type {Install} from '../../model/cluster.ts'

const NAMES: Readonly<Record<Install['method'], string>> = {
  apt: 'apt, from what the nodes are set up with',
  dnf: 'dnf, from what the nodes are set up with',
  tarball: 'a tarball in a folder here',
  docker: 'a docker image',
  none: 'somebody else installs it',
}

/** Every install method of gha.yaml, with its words in a question. */
export const INSTALL_CHOICES = INSTALL_METHODS.map(value => ({value, name: NAMES[value]}))
