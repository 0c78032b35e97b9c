import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../testing/fake-root.ts'
import { findNode } from './find.ts'
import { listRegions } from './list.ts'
import { liveTree } from './live.ts'
import { type DeviceTreeNode, nodesBelow } from './node.ts'
import { openDeviceTree } from './open.ts'
import { blobOf, treeOf, valueBytes } from './testing/builder.ts'
import { refused } from './testing/refused.ts'
import { virtTree } from './testing/virt.ts'

const base = '/sys/firmware/devicetree/base'

/** Lays a tree out as the kernel does: a folder a node, a file a property, and `name` in each. */
function layOut(root: FakeRoot, top: DeviceTreeNode): FakeRoot {
  for (const node of nodesBelow(top)) {
    const folder = node.path === '/' ? base : base + node.path
    root.put(`${folder}/name`, `${node.name.split('@')[0]}\0`)
    for (const name of node.properties.keys()) {
      root.put(`${folder}/${name}`, node.properties.get(name) ?? '')
    }
  }
  return root
}

/** All that a tree holds, whatever the order. */
function contents(top: DeviceTreeNode): Map<string, Map<string, string>> {
  const nodes = [...nodesBelow(top)].sort((a, b) => (a.path < b.path ? -1 : 1))
  return new Map(
    nodes.map((node) => {
      const names = [...node.properties.keys()].sort()
      const hex = (name: string) => Buffer.from(node.properties.get(name) ?? []).toString('hex')
      return [node.path, new Map(names.map((name) => [name, hex(name)]))]
    }),
  )
}

describe('the live tree', () => {
  it("holds what the flattened one does: QEMU's board", () => {
    using root = layOut(new FakeRoot(), virtTree().root)
    const live = openDeviceTree(root.files)
    expect(live?.name).toBe(base)
    expect(live && contents(live.root)).toEqual(contents(virtTree().root))
    const facts = (list: ReturnType<typeof listRegions>) =>
      list.map(({ node: _, ...entry }) => entry).sort((a, b) => (a.path < b.path ? -1 : 1))
    expect(live && facts(listRegions(live))).toEqual(facts(listRegions(virtTree())))
  })

  it('is read only where it is asked', () => {
    using root = layOut(new FakeRoot(), treeOf({ a: { x: 'old' }, b: {} }).root)
    const tree = liveTree(base, root.files)
    root.put(`${base}/a/x`, valueBytes('new'))
    const node = findNode(tree, '/a')
    expect(node.properties.get('x')).toEqual(Buffer.from('new\0'))
    root.put(`${base}/a/x`, valueBytes('newer'))
    expect(node.properties.get('x')).toEqual(Buffer.from('new\0'))
  })

  it('passes over links, which could lead in a circle or out of the tree', () => {
    using root = layOut(new FakeRoot(), treeOf({ a: {} }).root)
    root.link(`${base}/a/up`, '..').link(`${base}/a/secret`, '/etc/hostname')
    const tree = liveTree(base, root.files)
    expect([...nodesBelow(tree.root)].map(({ path }) => path)).toEqual(['/', '/a'])
    expect(findNode(tree, '/a').properties.has('secret')).toBe(false)
  })

  it('is as deep as the kernel lets it be', () => {
    using root = new FakeRoot().folder(`${base}${'/n'.repeat(64)}`)
    expect(refused(() => [...nodesBelow(liveTree(base, root.files).root)])).toMatch(
      /^EDEVICETREE .*\/sys\/firmware\/devicetree\/base\/n.* has nodes nested deeper than 64$/,
    )
  })

  it('is empty where nothing can be read', () => {
    using root = new FakeRoot()
    const tree = liveTree('/absent', root.files)
    expect([[...tree.root.properties.keys()], tree.root.children]).toEqual([[], []])
  })
})

describe('openDeviceTree', () => {
  it('takes the live tree first', () => {
    using root = layOut(new FakeRoot(), treeOf({ live: {} }).root)
    root.put('sys/firmware/fdt', blobOf({ flat: {} }))
    expect(openDeviceTree(root.files)?.root.children.map(({ name }) => name)).toEqual(['live'])
  })

  it('takes the tree of an old kernel, below /proc, but follows no link', () => {
    using old = new FakeRoot().folder('proc/device-tree/old')
    expect(openDeviceTree(old.files)?.root.children.map(({ name }) => name)).toEqual(['old'])
    using linked = new FakeRoot().link('proc/device-tree', '/sys')
    expect(openDeviceTree(linked.files)).toBeUndefined()
  })

  it('takes the flattened tree where there is no other', () => {
    using root = new FakeRoot().put('sys/firmware/fdt', blobOf({ flat: {} }))
    const tree = openDeviceTree(root.files)
    expect(tree?.name).toBe('/sys/firmware/fdt')
    expect(tree?.root.children.map(({ name }) => name)).toEqual(['flat'])
  })

  it('has none on a machine without one', () => {
    using root = new FakeRoot()
    expect(openDeviceTree(root.files)).toBeUndefined()
  })

  it('refuses a flattened tree that is damaged', () => {
    using root = new FakeRoot().put('sys/firmware/fdt', 'none')
    expect(refused(() => openDeviceTree(root.files))).toBe(
      'EDEVICETREE /sys/firmware/fdt is not a flattened device tree: it has 4 bytes, but the header alone has 40',
    )
  })
})
