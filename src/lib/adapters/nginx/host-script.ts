import {RELABEL} from '../../host/relabel.ts'
import {takeInput} from '../../host/take-input.ts'
import type {Endpoint} from '../../model/backing.ts'
import {given} from '../../model/given.ts'
import {RECORD_FUNCTIONS, readRecords} from '../../model/records.ts'
import {commandLine, quote, type Script} from '../../model/script.ts'
import {closing} from './close-connections.ts'
import {readSockets, type Socket} from './sockets.ts'

export interface NginxPlace {
  readonly path: string
  readonly validate: readonly [string, ...string[]]
  readonly reload: readonly [string, ...string[]]
  /** Names, not addresses, of upstream servers: resolved there, where nginx resolved them. */
  readonly hostNames: readonly string[]
}

export interface NginxHost {
  /** Why a file was not written, or is not loaded. */
  readonly problem?: string
  /** Nothing was written: another file stands there than the one that was expected. */
  readonly changed?: true
  readonly file: string | undefined
  readonly workers: readonly Worker[]
  readonly sockets: readonly Socket[]
  /** Host name → addresses. */
  readonly addresses: ReadonlyMap<string, readonly string[]>
}

export interface Worker {
  readonly pid: number
  /** `old`: it finishes what it has with the configuration it had. `stale`: it started before the file was written. */
  readonly age: 'current' | 'stale' | 'old'
  readonly inodes: ReadonlySet<string>
}

export interface NginxWrite {
  readonly content: string
  /** The sha256 of what must stand there before, so that nobody's change is lost. */
  readonly expected: string
  /** To where nothing may be left open once new workers run. */
  readonly closes?: Endpoint
}

/** What stands in gha's file there, which workers run with it, and to whom they are connected. */
export function readNginx(place: NginxPlace): Script<NginxHost> {
  return {
    name: 'read nginx',
    text: [RECORD_FUNCTIONS, ...reading(place)].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse: ({stdout}) => readHost(readRecords(stdout)),
  }
}

/**
 * Puts the file there, lets nginx judge it, reloads, waits until new workers run with it, closes what it must, and reads
 * everything again.
 */
export function writeNginx(place: NginxPlace, write: NginxWrite): Script<NginxHost> {
  const path = quote(place.path)
  const content = new TextEncoder().encode(write.content)
  return {
    name: 'write the upstream of nginx',
    text: [
      RECORD_FUNCTIONS,
      RELABEL,
      `path=${path}`,
      MASTER(place),
      'give_up() { record problem "$1"; exit 0; }',
      'changed() { record changed yes; exit 0; }',
      '[ -f "$path" ] || changed',
      'before=$(mktemp) && fresh=$(mktemp "$(dirname "$path")/.gha-XXXXXX") || give_up "cannot write beside $path"',
      `trap 'rm -f "$before" "$fresh"' EXIT`,
      `cp -p "$path" "$before" && cp -p "$path" "$fresh" || give_up "cannot copy $path"`,
      'read -r expected',
      `[ "$(sha256sum <"$path" | cut -d' ' -f1)" = "$expected" ] || changed`,
      `${takeInput(content, '"$fresh"')} || give_up "cannot write beside $path"`,
      ...loading(place),
      'rm -f "$before"',
      ...(write.closes ? closing(write.closes) : []),
      ...reading(place),
    ].join('\n'),
    input: Buffer.concat([Buffer.from(`${write.expected}\n`), content]),
    mutates: true,
    deadlineSeconds: 60,
    parse: ({stdout}) => readHost(readRecords(stdout)),
  }
}

function loading({validate, reload}: NginxPlace): readonly string[] {
  return [
    'old_workers=$(workers "$(master)")',
    '[ -n "$old_workers" ] || give_up "nginx does not run there"',
    'mv -f "$fresh" "$path" && relabel "$path" || give_up "cannot write $path"',
    `if ! complaint=$(${commandLine(validate)} 2>&1); then`,
    '  cp -p "$before" "$path"; give_up "nginx does not accept the file: $(printf %s "$complaint" | tail -n 2)"',
    'fi',
    `if ! complaint=$(${commandLine(reload)} 2>&1); then`,
    '  cp -p "$before" "$path"; give_up "nginx did not load the file: $(printf %s "$complaint" | tail -n 2)"',
    'fi',
    'tries=0',
    'while [ $tries -lt 50 ]; do',
    '  left=0; fresh_workers=0',
    '  for pid in $(workers "$(master)"); do',
    '    case " $old_workers " in *" $pid "*) left=1 ;; *) fresh_workers=1 ;; esac',
    '  done',
    '  [ $left = 0 ] && [ $fresh_workers = 1 ] && break',
    '  tries=$((tries + 1)); sleep 0.2 2>/dev/null || sleep 1',
    'done',
  ]
}

/** Only the nginx that is meant: one started with its own `-c` is told apart by it, one in a container comes after the host's own. */
function MASTER({reload}: NginxPlace): string {
  const config = reload[reload.indexOf('-c') + 1]
  const title = reload.includes('-c') && config !== undefined ? `*${quote(config)}*` : '*'
  return `
title() { tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; }
fields() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null; }
masters() {
  here=$(readlink /proc/self/ns/pid 2>/dev/null); elsewhere=
  for at in /proc/[0-9]*; do
    name=; read -r name <"$at/comm" 2>/dev/null; [ "$name" = nginx ] || continue
    pid=\${at#/proc/}
    case $(title "$pid") in "nginx: master process "${title}) ;; *) continue ;; esac
    if [ "$(readlink "$at/ns/pid" 2>/dev/null)" = "$here" ]; then echo "$pid"; else elsewhere="$elsewhere $pid"; fi
  done
  for pid in $elsewhere; do echo "$pid"; done
}
master() { masters | head -n 1; }
children() {
  for at in /proc/[0-9]*; do
    name=; read -r name <"$at/comm" 2>/dev/null; [ "$name" = nginx ] || continue
    pid=\${at#/proc/}
    set -- "$1" $(fields "$pid")
    [ "$3" = "$1" ] && echo "$pid"
  done
}
workers() {
  [ -n "$1" ] || return 0
  for pid in $(children "$1"); do
    case $(title "$pid") in *"worker process is shutting down"*) ;; *"worker process"*) printf '%s ' "$pid" ;; esac
  done
}`
}

function reading(place: NginxPlace): readonly string[] {
  return [
    `path=${quote(place.path)}`,
    MASTER(place),
    'if [ -f "$path" ]; then record file "$(cat "$path"; printf x)"; record written "$(stat -c %Y "$path")"; fi',
    `record boot "$(sed -n 's/^btime //p' /proc/stat)"`,
    'record ticks "$(getconf CLK_TCK 2>/dev/null || echo 100)"',
    'found=$(master)',
    'if [ -n "$found" ]; then for pid in $(children "$found"); do',
    '  set -- $(fields "$pid")',
    '  record worker "$pid ${20} $(title "$pid")"',
    `  record sockets "$pid $(ls -l "/proc/$pid/fd" 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/\\1/p' | tr '\\n' ' ')"`,
    'done; fi',
    `record tcp "$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -E '^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ 01 ')"`,
    ...place.hostNames.map(
      name =>
        `record address ${quote(name)}" $(getent ahosts ${quote(name)} | cut -d' ' -f1 | sort -u | tr '\\n' ' ')"`,
    ),
  ]
}

type Records = ReadonlyMap<string, readonly string[]>

function readHost(records: Records): NginxHost {
  const [problem] = records.get('problem') ?? []
  return {
    ...given({problem}),
    ...(records.has('changed') ? {changed: true} : {}),
    file: records.get('file')?.[0]?.slice(0, -1),
    workers: readWorkers(records),
    sockets: readSockets(records.get('tcp')?.[0] ?? ''),
    addresses: new Map((records.get('address') ?? []).map(line => headAndRest(line))),
  }
}

/** The kernel rounds a start to a tick and the boot to a second. */
const ROUNDING_SECONDS = 2

function readWorkers(records: Records): readonly Worker[] {
  const [written, boot, ticks] = ['written', 'boot', 'ticks'].map(name => Number(records.get(name)?.[0] ?? 0))
  const inodes = new Map((records.get('sockets') ?? []).map(line => headAndRest(line)))
  return (records.get('worker') ?? []).flatMap(line => {
    const [pid = '', start = '', ...title] = line.split(' ')
    const words = title.join(' ')
    if (!words.includes('worker process')) return []
    const started = (boot ?? 0) + Number(start) / (ticks || 100)
    const age = started + ROUNDING_SECONDS < (written ?? 0) ? 'stale' : 'current'
    const isLeaving = words.includes('is shutting down')
    return [{pid: Number(pid), age: isLeaving ? 'old' : age, inodes: new Set(inodes.get(pid) ?? [])}] as const
  })
}

function headAndRest(line: string): readonly [string, readonly string[]] {
  const [head = '', ...rest] = line.split(' ').filter(word => word !== '')
  return [head, rest]
}
