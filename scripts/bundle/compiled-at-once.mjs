// V8 compiles a function when it is first called, and Node's compile cache holds what was compiled before that. Every start
// calls the functions that esbuild wraps around CommonJS modules: in parentheses they are compiled at once, and cached.
const WRAPPER = /^(var \w+ = __commonJS\(\{\n {2}"[^"\n]+")(\([^)\n]*\)) \{\n([\s\S]*?)\n {2}\}\n\}\);$/gm
const UNTOUCHED = /^var \w+ = __commonJS\(\{\n {2}"[^"\n]+"\(/m

/** Of esbuild's output with its white space. As many lines as before. */
export function compiledAtOnce(text) {
  const marked = text.replace(WRAPPER, '$1: (function$2 {\n$3\n  })\n});')
  if (UNTOUCHED.test(marked)) throw new Error('esbuild wraps CommonJS modules in another way than before')
  return marked
}
