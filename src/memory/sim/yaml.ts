/**
 * What of YAML the descriptions of boards need. The package has it bundled in place of this module, by
 * scripts/build.mjs: yaml is CommonJS for Node, which bundles in ES modules cannot hold.
 */
export {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
