import {classifyStep} from '../grafana/version-steps.ts'
import {given} from '../model/given.ts'
import {isUntouched, type MigrationMark} from '../model/migration-mark.ts'
import {compareVersions, type Version} from '../model/version.ts'
import type {Plan} from './plan.ts'
import {planNode} from './plan-node.ts'
import type {Question} from './question.ts'
import {isServing, type Situation} from './situation.ts'
import {wavesOf} from './waves.ts'

/**
 * The version that the step begins with: the oldest that runs, or that waits on a stopped node for a migration done
 * without it. What a node was let go to migrate counts from where it began, until the database shows that it did not.
 */
export function beginningOf(question: Question): Version | undefined {
  const {cluster, situations} = question
  const to = cluster.grafana.version
  const begun = begunMigrations(question)
  const beyond = begun.find(mark => compareVersions(to, mark.to) < 0)
  if (beyond) return beyond.to
  const versions = situations.flatMap(({running, version, migrating}) => {
    if (migrating) return running || begun.includes(migrating) ? [migrating.from] : []
    return version && (running || needsWriter(version, to)) ? [version] : []
  })
  return versions.toSorted(compareVersions)[0]
}

/** A node was let go to migrate, and the schema is no longer what it was: a backup taken now would not be one from before. */
export function isMigrating(question: Question): boolean {
  return begunMigrations(question).length > 0
}

function begunMigrations({situations, schema}: Question): readonly MigrationMark[] {
  return situations.flatMap(({migrating}) => (migrating && !isUntouched(migrating, schema) ? [migrating] : []))
}

/**
 * A node was let go to migrate, and did not: the version that is installed there has changed no schema yet. Where its
 * Grafana runs alone it may be at it, and since the copy that was taken before nobody else has written.
 */
export function isYetToMigrate(situation: Situation, {schema, situations}: Question): boolean {
  const {migrating, running} = situation
  if (migrating === undefined || !isUntouched(migrating, schema)) return false
  return !running || situations.some(other => other !== situation && other.running)
}

interface Due {
  /** Nodes that need work, in the order of gha.yaml. */
  readonly due: readonly Situation[]
  readonly from: Version
}

/**
 * The others stop together, the writer migrates alone, then the others start on the new version together. Who is past the
 * migration and serves goes when they serve, as in any other rollout.
 */
export function singleWriterWaves(question: Question, {due, from}: Due): Pick<Plan, 'window' | 'waves'> {
  const {cluster} = question
  const to = cluster.grafana.version
  const writer = isMigrated(question) ? undefined : writerOf(question, due)
  const others = due.filter(situation => situation !== writer)
  const migrates = writer?.migrating ?? {from, to, ...schemaBefore(question)}
  const stops = others.filter(({running, version}) => running && (version === undefined || needsWriter(version, to)))
  const later = others.filter(situation => !stops.includes(situation) && mustNotGoYet(situation))
  const returns = others.filter(situation => !later.includes(situation))
  const waves = [
    ...(writer ? [[planNode(cluster, writer, {kind: 'writer', migrates: {...migrates, to}})]] : []),
    returns.map(situation => planNode(cluster, situation, {kind: 'returns'})),
    ...wavesOf({cluster, due: later, firstAlone: false}).map(wave =>
      wave.map(situation => planNode(cluster, situation, {kind: 'rolling', mates: wave.length - 1})),
    ),
  ].filter(wave => wave.length > 0)
  if (!writer && stops.length === 0) return {waves}
  return {
    window: {
      ...(writer ? {writer: writer.node.name} : {}),
      stops: stops.map(situation => planNode(cluster, situation, {kind: 'stops'})),
    },
    waves,
  }
}

/** It may be the only one that serves. What is only confirmed keeps its Grafana. */
function mustNotGoYet(situation: Situation): boolean {
  return isServing(situation) && situation.reasons.length > 0
}

/** A node that runs beyond the barrier, and was confirmed there, shows that the migration is done. */
function isMigrated(question: Question): boolean {
  return question.situations.some(situation => situation.running && isBeyond(situation, question))
}

/** Where a node was beyond and runs no more, the schema may be migrated already: then it is none to go back to. */
function schemaBefore(question: Question): Pick<MigrationMark, 'newest' | 'scoped'> {
  const {newest, scoped} = question.schema
  return question.situations.some(situation => isBeyond(situation, question)) ? {} : given({newest, scoped})
}

function isBeyond({version, migrating}: Situation, {cluster}: Question): boolean {
  return version !== undefined && !migrating && !needsWriter(version, cluster.grafana.version)
}

/** Whoever has begun, or else the canary, or else the first that serves: it serves while the others are stopped. */
function writerOf({cluster}: Question, due: readonly Situation[]): Situation | undefined {
  return (
    due.find(({migrating}) => migrating !== undefined) ??
    due.find(situation => isServing(situation) && situation.node.name === cluster.rollout.canary) ??
    due.find(situation => isServing(situation)) ??
    due[0]
  )
}

function needsWriter(from: Version, to: Version): boolean {
  return classifyStep(from, to).kind === 'single-writer'
}
