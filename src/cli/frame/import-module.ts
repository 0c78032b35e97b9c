/** Loads a module by its address. In the build a file of its own: a bundle has no import(). */
export const importModule = (url: string): Promise<unknown> => import(url)
