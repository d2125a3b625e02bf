// What is asked of KaTeX in one call: formulas as [tex, displayed], and the macros they may use.

function refusals(formulas, macros) {
  return JSON.stringify(formulas.map(([tex, display]) => {
    let refused = null;
    const trust = (context) => { refused = context.command; return false; };
    const options = {
      throwOnError: true, strict: "ignore", output: "mathml", displayMode: display,
      maxExpand: 1000, maxSize: 100, trust: trust, macros: Object.assign({}, macros),
    };
    try {
      katex.renderToString(tex, options);
      return refused ? ["Untrusted: " + refused, -1, 0] : null;
    } catch (error) {
      const position = error.position === undefined ? -1 : error.position;
      return [String(error.message), position, error.length || 0];
    }
  }));
}

function pictures(formulas, macros) {
  return JSON.stringify(formulas.map(([tex, display]) => {
    const options = {
      throwOnError: true, strict: "ignore", output: "mathml", displayMode: display,
      maxExpand: 1000, maxSize: 100, trust: false, macros: Object.assign({}, macros),
    };
    try {
      return katex.renderToString(tex, options);
    } catch (error) {
      return "";
    }
  }));
}
