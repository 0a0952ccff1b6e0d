/** What is in Pulumi's plugin folder for the Scaleway provider. */
export type InstalledPlugin = 'real' | 'stand-in' | 'none';

/** The way to a provider plugin. */
export type PluginWay =
  /** Nothing to do. */
  | { readonly way: 'keep' }
  /** Write the stand-in's launcher again: it is cheap, and another version may have left it. */
  | { readonly way: 'renew-stand-in' }
  /** Download the real one, else put the stand-in there. */
  | { readonly way: 'obtain' };

/**
 * The real plugin always wins. A stand-in that is there is kept: asking the network at every run would make each
 * one as slow as the network is.
 */
export function decidePlugin(installed: InstalledPlugin): PluginWay {
  if (installed === 'real') return { way: 'keep' };
  return { way: installed === 'stand-in' ? 'renew-stand-in' : 'obtain' };
}
