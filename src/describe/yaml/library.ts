/**
 * What of the package yaml is used. dist/ has it bundled in place of this module, by
 * scripts/build.mjs: yaml is CommonJS for Node, which bundles in ES modules cannot hold.
 */
export {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
