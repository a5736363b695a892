/** Pictures in Node, as SVG text and PNG files. Load it when a picture is asked for, not at start. */
export * from './picture/index.node.ts'
