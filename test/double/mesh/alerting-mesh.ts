/** What the alerting cluster looks like from one node. */
export interface MeshView {
  readonly members: number
  readonly position: number
  readonly healthScore: number
  readonly failedPeers: number
  readonly name: string
  readonly received: number
  readonly updates: number
  readonly sent: number
  readonly pings: number
}

export interface AlertingMesh {
  readonly view: () => MeshView
  readonly leave: () => Promise<void>
}
