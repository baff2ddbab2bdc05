import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {dockerFunctions} from '../../../../src/lib/host/docker/functions.ts'
import {makeContainer} from '../../../../src/lib/host/docker/make-container.ts'
import type {Paths} from '../../../../src/lib/model/node.ts'
import {aNode} from '../../../support/a-cluster.ts'
import {programsIn} from '../../../support/programs.ts'

/** Answers what is asked of a container `grafana` and of its image, and writes down who was asked what in which words. */
const DOCKER = `
echo "$*" >>"$FOLDER/words"
case "$1 $2 $5$6" in
  'container inspect '*) [ "$HAS" = "$3" ] || [ "$HAS" = "$5" ] || exit 1 ;;
esac
case $* in
  'system dial-stdio')
    while IFS= read -r line; do
      printf '%s\\n' "$line" >>"$FOLDER/request"
      case $line in Content-Length:*) size=$(printf %s "\${line#*: }" | tr -d '\\r') ;; "$(printf '\\r')") break ;; esac
    done
    head -c "$size" >"$FOLDER/body"
    printf "HTTP/1.1 \${ANSWER:-201 Created}\\r\\n\\r\\n%s\\n" '{"message":"no such thing"}' ;;
  'image inspect'*)
    printf '%s\\n' 'User "472"' 'Cmd null' 'Entrypoint ["/run.sh"]' 'Env "PATH=/usr/bin"' 'Env "GF_VERSION=12.1.0"' 'Labels "maintainer":"somebody"' ;;
  *'{{.Image}}'*) echo sha256:old ;;
  *NetworkMode*) echo host ;;
  *'{{json .HostConfig}}'*) echo '{"NetworkMode":"host","RestartPolicy":{"Name":"always","MaximumRetryCount":0},"Memory":1024}' ;;
  *'range .Config.Env'*)
    printf '%s\\n' 'User "472:7"' 'Cmd []' 'Entrypoint ["/run.sh"]' 'Env "PATH=/usr/bin"' 'Env "GF_VERSION=12.1.0"' 'Env "GF_X=planted \\"secret\\"\\n2"' 'Env "EMPTY="' 'Labels "maintainer":"somebody"' 'Labels "own":"a \\"b\\""' 'Tty false' ;;
  *.Config.Hostname*) echo my-grafana ;;
esac`

describe('a container that is made', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gha-docker-'))
  })
  afterEach(() => {
    rmSync(folder, {recursive: true})
  })

  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')
  const make = (there: string, {answer = '', paths = {}}: {answer?: string; paths?: Partial<Paths>} = {}) => {
    const programs = programsIn(folder, {docker: DOCKER, chown: 'true'})
    const text = [
      'umask 077',
      `state=${folder}`,
      dockerFunctions('grafana'),
      'image=reg:5000/grafana',
      makeContainer({...aNode().paths, ...paths}),
      'make_container 12.1.1',
    ].join('\n')
    const env = {PATH: `${programs}:${process.env['PATH']}`, FOLDER: folder, HAS: there, ANSWER: answer}
    execFileSync('sh', ['-c', text], {env, stdio: ['ignore', 'pipe', 'pipe']})
    return JSON.parse(read('body'))
  }

  it('has the options of the one that is there, and of its image only what it said otherwise', () => {
    expect(make('grafana')).toEqual({
      Image: 'reg:5000/grafana:12.1.1',
      Hostname: 'my-grafana',
      User: '472:7',
      Tty: false,
      Env: ['GF_X=planted "secret"\n2', 'EMPTY='],
      Labels: {own: 'a "b"'},
      HostConfig: {NetworkMode: 'host', RestartPolicy: {Name: 'no'}, Memory: 1024},
      NetworkingConfig: {EndpointsConfig: {}},
    })
    expect(read('request')).toContain('POST /containers/create?name=grafana-gha-next HTTP/1.1')
  })

  it('tells its environment to docker alone: it stands in no words and in no file', () => {
    make('grafana')
    rmSync(path.join(folder, 'body'))
    rmSync(path.join(folder, 'bin'), {recursive: true})
    const found = execFileSync('sh', ['-c', 'grep -rl planted "$0" || true', folder], {encoding: 'utf8'})
    expect(found).toBe('')
  })

  it('has those of the one before where a swap was cut off', () => {
    expect(make('grafana-gha-prev')).toMatchObject({Image: 'reg:5000/grafana:12.1.1', User: '472:7'})
  })

  it('has its own where none was there: the paths of the node, and what the image must know of them', () => {
    const srv = path.join(folder, 'srv')
    const paths = {
      config: `${srv}/etc/grafana.ini`,
      provisioning: `${srv}/etc/provisioning`,
      data: `${srv}/data`,
      plugins: `${srv}/data/plugins`,
      logs: `${srv}/log`,
    }
    expect(make('nothing', {paths})).toEqual({
      Image: 'reg:5000/grafana:12.1.1',
      Env: [
        `GF_PATHS_CONFIG=${srv}/etc/grafana.ini`,
        `GF_PATHS_DATA=${srv}/data`,
        `GF_PATHS_LOGS=${srv}/log`,
        `GF_PATHS_PLUGINS=${srv}/data/plugins`,
        `GF_PATHS_PROVISIONING=${srv}/etc/provisioning`,
      ],
      HostConfig: {
        NetworkMode: 'host',
        RestartPolicy: {Name: 'no'},
        Binds: [`${srv}/etc:${srv}/etc:ro`, `${srv}/data:${srv}/data`, `${srv}/log:${srv}/log`],
      },
    })
    expect(read('restart-policy')).toBe('unless-stopped')
  })

  it('is an error in the words of docker where docker makes none', () => {
    expect(() => make('grafana', {answer: '404 Not Found'})).toThrow('no such thing')
  })
})
