var __defProp = Object.defineProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });

// build/index.js
import { WorkerEntrypoint as ve } from "cloudflare:workers";
import X from "./d34a7d8c79fdb38c34a3fddca7a409248167e56f-index_bg.wasm";
var $ = globalThis.__worker_init_state = { criticalError: false, instanceId: 0 };
var m = class {
  static {
    __name(this, "m");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, ue.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_containerstartupoptions_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  get enableInternet() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_containerstartupoptions_enableInternet(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e === 16777215 ? void 0 : e !== 0;
  }
  get entrypoint() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_containerstartupoptions_entrypoint(this.__wbg_ptr);
    } catch (n) {
      i(n);
    }
    var t = ne(e[0], e[1]);
    return s.__wbindgen_free(e[0], e[1] * 4, 4), t;
  }
  get env() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_containerstartupoptions_env(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e;
  }
  set enableInternet(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_containerstartupoptions_enableInternet(this.__wbg_ptr, b(e) ? 16777215 : e ? 1 : 0);
    } catch (t) {
      i(t);
    }
  }
  set entrypoint(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t = B(e, s.__wbindgen_malloc), n = d;
    o();
    try {
      s.__wbg_set_containerstartupoptions_entrypoint(this.__wbg_ptr, t, n);
    } catch (r) {
      i(r);
    }
  }
  set env(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_containerstartupoptions_env(this.__wbg_ptr, e);
    } catch (t) {
      i(t);
    }
  }
};
Symbol.dispose && (m.prototype[Symbol.dispose] = m.prototype.free);
var v = class {
  static {
    __name(this, "v");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, G.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_echoes_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  alarm() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.echoes_alarm(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e;
  }
  connect(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.echoes_connect(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  fetch(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.echoes_fetch(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  constructor(e, t) {
    let n;
    o();
    try {
      n = s.echoes_new(e, t);
    } catch (r) {
      i(r);
    }
    return this.__wbg_ptr = n, Object.defineProperty(this, "__wbg_inst", { value: c, writable: true }), G.register(this, { ptr: n, instance: c }, this), this;
  }
  webSocketClose(e, t, n, r) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let a = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), f = d, w;
    o();
    try {
      w = s.echoes_webSocketClose(this.__wbg_ptr, e, t, a, f, r);
    } catch (h) {
      i(h);
    }
    return w;
  }
  webSocketError(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    o();
    try {
      n = s.echoes_webSocketError(this.__wbg_ptr, e, t);
    } catch (r) {
      i(r);
    }
    return n;
  }
  webSocketMessage(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    o();
    try {
      n = s.echoes_webSocketMessage(this.__wbg_ptr, e, t);
    } catch (r) {
      i(r);
    }
    return n;
  }
};
Symbol.dispose && (v.prototype[Symbol.dispose] = v.prototype.free);
var T = class {
  static {
    __name(this, "T");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, we.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_intounderlyingbytesource_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  get autoAllocateChunkSize() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.intounderlyingbytesource_autoAllocateChunkSize(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e >>> 0;
  }
  cancel() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw();
    o();
    try {
      s.intounderlyingbytesource_cancel(e);
    } catch (t) {
      i(t);
    }
  }
  pull(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.intounderlyingbytesource_pull(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  start(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.intounderlyingbytesource_start(this.__wbg_ptr, e);
    } catch (t) {
      i(t);
    }
  }
  get type() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.intounderlyingbytesource_type(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return be[e];
  }
};
Symbol.dispose && (T.prototype[Symbol.dispose] = T.prototype.free);
var M = class {
  static {
    __name(this, "M");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, de.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_intounderlyingsink_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  abort(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t = this.__destroy_into_raw(), n;
    o();
    try {
      n = s.intounderlyingsink_abort(t, e);
    } catch (r) {
      i(r);
    }
    return n;
  }
  close() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw(), t;
    o();
    try {
      t = s.intounderlyingsink_close(e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  write(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.intounderlyingsink_write(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
};
Symbol.dispose && (M.prototype[Symbol.dispose] = M.prototype.free);
var O = class {
  static {
    __name(this, "O");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, ge.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_intounderlyingsource_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  cancel() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw();
    o();
    try {
      s.intounderlyingsource_cancel(e);
    } catch (t) {
      i(t);
    }
  }
  pull(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.intounderlyingsource_pull(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
};
Symbol.dispose && (O.prototype[Symbol.dispose] = O.prototype.free);
var E = class {
  static {
    __name(this, "E");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, le.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_minifyconfig_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  get css() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_minifyconfig_css(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e !== 0;
  }
  get html() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_minifyconfig_html(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e !== 0;
  }
  get js() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_minifyconfig_js(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e !== 0;
  }
  set css(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_minifyconfig_css(this.__wbg_ptr, e);
    } catch (t) {
      i(t);
    }
  }
  set html(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_minifyconfig_html(this.__wbg_ptr, e);
    } catch (t) {
      i(t);
    }
  }
  set js(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_minifyconfig_js(this.__wbg_ptr, e);
    } catch (t) {
      i(t);
    }
  }
};
Symbol.dispose && (E.prototype[Symbol.dispose] = E.prototype.free);
var I = class {
  static {
    __name(this, "I");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, he.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_r2range_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  get length() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_r2range_length(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  get offset() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_r2range_offset(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  get suffix() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.__wbg_get_r2range_suffix(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  set length(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_r2range_length(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      i(t);
    }
  }
  set offset(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_r2range_offset(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      i(t);
    }
  }
  set suffix(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    o();
    try {
      s.__wbg_set_r2range_suffix(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      i(t);
    }
  }
};
Symbol.dispose && (I.prototype[Symbol.dispose] = I.prototype.free);
var x = class {
  static {
    __name(this, "x");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, K.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    o();
    try {
      s.__wbg_sockets_free(e, 0);
    } catch (t) {
      i(t);
    }
  }
  alarm() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    o();
    try {
      e = s.sockets_alarm(this.__wbg_ptr);
    } catch (t) {
      i(t);
    }
    return e;
  }
  connect(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.sockets_connect(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  fetch(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    o();
    try {
      t = s.sockets_fetch(this.__wbg_ptr, e);
    } catch (n) {
      i(n);
    }
    return t;
  }
  constructor(e, t) {
    let n;
    o();
    try {
      n = s.sockets_new(e, t);
    } catch (r) {
      i(r);
    }
    return this.__wbg_ptr = n, Object.defineProperty(this, "__wbg_inst", { value: c, writable: true }), K.register(this, { ptr: n, instance: c }, this), this;
  }
  webSocketClose(e, t, n, r) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let a = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), f = d, w;
    o();
    try {
      w = s.sockets_webSocketClose(this.__wbg_ptr, e, t, a, f, r);
    } catch (h) {
      i(h);
    }
    return w;
  }
  webSocketError(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    o();
    try {
      n = s.sockets_webSocketError(this.__wbg_ptr, e, t);
    } catch (r) {
      i(r);
    }
    return n;
  }
  webSocketMessage(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== c) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    o();
    try {
      n = s.sockets_webSocketMessage(this.__wbg_ptr, e, t);
    } catch (r) {
      i(r);
    }
    return n;
  }
};
Symbol.dispose && (x.prototype[Symbol.dispose] = x.prototype.free);
function H() {
  c++, y = null, F = null, S = null, typeof numBytesDecoded < "u" && (numBytesDecoded = 0), typeof d < "u" && (d = 0), J = false, C = false, V = new WebAssembly.Instance(X, ee()), s = V.exports, s.__wbindgen_start();
}
__name(H, "H");
function Y() {
  let _;
  o();
  try {
    _ = s.__worker_init_state();
  } catch (e) {
    i(e);
  }
  return _;
}
__name(Y, "Y");
function Z(_, e, t) {
  let n;
  o();
  try {
    n = s.fetch(_, e, t);
  } catch (r) {
    i(r);
  }
  return n;
}
__name(Z, "Z");
function ee() {
  return { __proto__: null, "./index_bg.js": { __proto__: null, __wbg_Error_30c8987f7c2ed4e2: /* @__PURE__ */ __name(function(e, t) {
    return Error(g(e, t));
  }, "__wbg_Error_30c8987f7c2ed4e2"), __wbg_String_8564e559799eccda: /* @__PURE__ */ __name(function(e, t) {
    let n = String(t), r = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_String_8564e559799eccda"), __wbg___wbindgen_boolean_get_5b446f51afd21013: /* @__PURE__ */ __name(function(e) {
    let t = e, n = typeof t == "boolean" ? t : void 0;
    return b(n) ? 16777215 : n ? 1 : 0;
  }, "__wbg___wbindgen_boolean_get_5b446f51afd21013"), __wbg___wbindgen_debug_string_4687d8d8c2017d52: /* @__PURE__ */ __name(function(e, t) {
    let n = D(t), r = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg___wbindgen_debug_string_4687d8d8c2017d52"), __wbg___wbindgen_is_function_1f9d30630b8b1d3d: /* @__PURE__ */ __name(function(e) {
    return typeof e == "function";
  }, "__wbg___wbindgen_is_function_1f9d30630b8b1d3d"), __wbg___wbindgen_is_null_e343b7d08827ba72: /* @__PURE__ */ __name(function(e) {
    return e === null;
  }, "__wbg___wbindgen_is_null_e343b7d08827ba72"), __wbg___wbindgen_is_null_or_undefined_f9435d56bdcc06df: /* @__PURE__ */ __name(function(e) {
    return e == null;
  }, "__wbg___wbindgen_is_null_or_undefined_f9435d56bdcc06df"), __wbg___wbindgen_is_object_3c45d4f2dde4e749: /* @__PURE__ */ __name(function(e) {
    let t = e;
    return typeof t == "object" && t !== null;
  }, "__wbg___wbindgen_is_object_3c45d4f2dde4e749"), __wbg___wbindgen_is_undefined_8865fb403f8fe9d8: /* @__PURE__ */ __name(function(e) {
    return e === void 0;
  }, "__wbg___wbindgen_is_undefined_8865fb403f8fe9d8"), __wbg___wbindgen_jsval_loose_eq_677f21e468d6b461: /* @__PURE__ */ __name(function(e, t) {
    return e == t;
  }, "__wbg___wbindgen_jsval_loose_eq_677f21e468d6b461"), __wbg___wbindgen_number_get_2e0e7dee9f701a71: /* @__PURE__ */ __name(function(e, t) {
    let n = t, r = typeof n == "number" ? n : void 0;
    u().setFloat64(e + 8, b(r) ? 0 : r, true), u().setInt32(e + 0, !b(r), true);
  }, "__wbg___wbindgen_number_get_2e0e7dee9f701a71"), __wbg___wbindgen_panic_error_1da2bf9da04e868c: /* @__PURE__ */ __name(function(e) {
    return new P(e);
  }, "__wbg___wbindgen_panic_error_1da2bf9da04e868c"), __wbg___wbindgen_reinit_3f79fdb34dee3ea9: /* @__PURE__ */ __name(function() {
    C = true;
  }, "__wbg___wbindgen_reinit_3f79fdb34dee3ea9"), __wbg___wbindgen_rethrow_cb2e88c6b2a16733: /* @__PURE__ */ __name(function(e) {
    throw new WebAssembly.Exception(W, [e]);
  }, "__wbg___wbindgen_rethrow_cb2e88c6b2a16733"), __wbg___wbindgen_string_get_0380ccaa2f57f0d9: /* @__PURE__ */ __name(function(e, t) {
    let n = t, r = typeof n == "string" ? n : void 0;
    var a = b(r) ? 0 : p(r, s.__wbindgen_malloc, s.__wbindgen_realloc), f = d;
    u().setInt32(e + 4, f, true), u().setInt32(e + 0, a, true);
  }, "__wbg___wbindgen_string_get_0380ccaa2f57f0d9"), __wbg___wbindgen_throw_41e9ee4f547fc59a: /* @__PURE__ */ __name(function(e, t) {
    throw new WebAssembly.Exception(W, [new Error(g(e, t))]);
  }, "__wbg___wbindgen_throw_41e9ee4f547fc59a"), __wbg__wbg_cb_unref_dcc1a90847f04c41: /* @__PURE__ */ __name(function(e) {
    e._wbg_cb_unref();
  }, "__wbg__wbg_cb_unref_dcc1a90847f04c41"), __wbg_acceptWebSocket_fdf7466832747461: /* @__PURE__ */ __name(function(e, t, n, r) {
    var a = ne(n, r);
    s.__wbindgen_free(n, r * 4, 4), e.acceptWebSocket(t, a);
  }, "__wbg_acceptWebSocket_fdf7466832747461"), __wbg_accept_22c0962bedc3a5e7: /* @__PURE__ */ __name(function(e) {
    e.accept();
  }, "__wbg_accept_22c0962bedc3a5e7"), __wbg_addEventListener_4d0db17c671ea324: /* @__PURE__ */ __name(function(e, t, n, r) {
    e.addEventListener(g(t, n), r);
  }, "__wbg_addEventListener_4d0db17c671ea324"), __wbg_arrayBuffer_aa7cad37be6e6b29: /* @__PURE__ */ __name(function(e) {
    return e.arrayBuffer();
  }, "__wbg_arrayBuffer_aa7cad37be6e6b29"), __wbg_body_4792166cb351f162: /* @__PURE__ */ __name(function(e) {
    let t = e.body;
    return b(t) ? 0 : l(t);
  }, "__wbg_body_4792166cb351f162"), __wbg_body_4e088733babc630d: /* @__PURE__ */ __name(function(e) {
    let t = e.body;
    return b(t) ? 0 : l(t);
  }, "__wbg_body_4e088733babc630d"), __wbg_buffer_56ec2905a66f58b9: /* @__PURE__ */ __name(function(e) {
    return e.buffer;
  }, "__wbg_buffer_56ec2905a66f58b9"), __wbg_byobRequest_54f7ce41d584549a: /* @__PURE__ */ __name(function(e) {
    let t = e.byobRequest;
    return b(t) ? 0 : l(t);
  }, "__wbg_byobRequest_54f7ce41d584549a"), __wbg_byteLength_9f985b8373f1f3fe: /* @__PURE__ */ __name(function(e) {
    return e.byteLength;
  }, "__wbg_byteLength_9f985b8373f1f3fe"), __wbg_byteOffset_0bd5a6a03553639c: /* @__PURE__ */ __name(function(e) {
    return e.byteOffset;
  }, "__wbg_byteOffset_0bd5a6a03553639c"), __wbg_call_187d372bd5fdd4aa: /* @__PURE__ */ __name(function(e, t, n) {
    return e.call(t, n);
  }, "__wbg_call_187d372bd5fdd4aa"), __wbg_cancel_7c2a08c8db4c73f3: /* @__PURE__ */ __name(function(e) {
    return e.cancel();
  }, "__wbg_cancel_7c2a08c8db4c73f3"), __wbg_catch_92594c2d17f55f12: /* @__PURE__ */ __name(function(e, t) {
    return e.catch(t);
  }, "__wbg_catch_92594c2d17f55f12"), __wbg_cause_19276d032a32d4bd: /* @__PURE__ */ __name(function(e) {
    return e.cause;
  }, "__wbg_cause_19276d032a32d4bd"), __wbg_cf_909bcfb212a8822c: /* @__PURE__ */ __name(function(e) {
    let t = e.cf;
    return b(t) ? 0 : l(t);
  }, "__wbg_cf_909bcfb212a8822c"), __wbg_cf_b47fe5ff6d015a0d: /* @__PURE__ */ __name(function(e) {
    let t = e.cf;
    return b(t) ? 0 : l(t);
  }, "__wbg_cf_b47fe5ff6d015a0d"), __wbg_clone_946565396b302dfb: /* @__PURE__ */ __name(function(e) {
    return e.clone();
  }, "__wbg_clone_946565396b302dfb"), __wbg_close_150f701b1a60e0ac: /* @__PURE__ */ __name(function(e, t, n, r) {
    e.close(t, g(n, r));
  }, "__wbg_close_150f701b1a60e0ac"), __wbg_close_185286988f30f252: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_185286988f30f252"), __wbg_close_748f26698dabe269: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_748f26698dabe269"), __wbg_close_905cac8d4bb85f6f: /* @__PURE__ */ __name(function(e, t) {
    e.close(t);
  }, "__wbg_close_905cac8d4bb85f6f"), __wbg_close_d3ed56b5763be5ae: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_d3ed56b5763be5ae"), __wbg_code_4cb6dbcfceec1eac: /* @__PURE__ */ __name(function(e) {
    return e.code;
  }, "__wbg_code_4cb6dbcfceec1eac"), __wbg_constructor_076176ce0f386e16: /* @__PURE__ */ __name(function(e) {
    return e.constructor;
  }, "__wbg_constructor_076176ce0f386e16"), __wbg_data_522f7abc70721269: /* @__PURE__ */ __name(function(e) {
    return e.data;
  }, "__wbg_data_522f7abc70721269"), __wbg_deserializeAttachment_d347a2d94e6cd2dd: /* @__PURE__ */ __name(function(e) {
    return e.deserializeAttachment();
  }, "__wbg_deserializeAttachment_d347a2d94e6cd2dd"), __wbg_done_b41a1d26cdb37fb6: /* @__PURE__ */ __name(function(e) {
    return e.done;
  }, "__wbg_done_b41a1d26cdb37fb6"), __wbg_enqueue_4a01c128f9a0de16: /* @__PURE__ */ __name(function(e, t) {
    e.enqueue(t);
  }, "__wbg_enqueue_4a01c128f9a0de16"), __wbg_entries_b55ec7e0dc443355: /* @__PURE__ */ __name(function(e) {
    return e.entries();
  }, "__wbg_entries_b55ec7e0dc443355"), __wbg_error_0f79cf56f47899e2: /* @__PURE__ */ __name(function(e) {
    return e.error;
  }, "__wbg_error_0f79cf56f47899e2"), __wbg_error_a30e98d44009f1bb: /* @__PURE__ */ __name(function(e, t) {
    console.error(e, t);
  }, "__wbg_error_a30e98d44009f1bb"), __wbg_error_c9cf3fc2064683a9: /* @__PURE__ */ __name(function(e) {
    console.error(e);
  }, "__wbg_error_c9cf3fc2064683a9"), __wbg_fetch_ae9b55b3c1c0b596: /* @__PURE__ */ __name(function(e, t) {
    return e.fetch(t);
  }, "__wbg_fetch_ae9b55b3c1c0b596"), __wbg_fetch_feccdd6b31467948: /* @__PURE__ */ __name(function(e, t, n) {
    return e.fetch(g(t, n));
  }, "__wbg_fetch_feccdd6b31467948"), __wbg_getByName_88b6d54123310eb8: /* @__PURE__ */ __name(function(e, t, n) {
    return e.getByName(g(t, n));
  }, "__wbg_getByName_88b6d54123310eb8"), __wbg_getRandomValues_a608c4436c19407a: /* @__PURE__ */ __name(function(e, t) {
    globalThis.crypto.getRandomValues(z(e, t));
  }, "__wbg_getRandomValues_a608c4436c19407a"), __wbg_getReader_bf34f92ee19c42b4: /* @__PURE__ */ __name(function(e) {
    return e.getReader();
  }, "__wbg_getReader_bf34f92ee19c42b4"), __wbg_getTags_8acc26fb7a9cf1c0: /* @__PURE__ */ __name(function(e, t, n) {
    let r = t.getTags(n), a = B(r, s.__wbindgen_malloc), f = d;
    u().setInt32(e + 4, f, true), u().setInt32(e + 0, a, true);
  }, "__wbg_getTags_8acc26fb7a9cf1c0"), __wbg_getTime_f5a55efff2585d5d: /* @__PURE__ */ __name(function(e) {
    return e.getTime();
  }, "__wbg_getTime_f5a55efff2585d5d"), __wbg_getWebSockets_23a6ca37e30e4708: /* @__PURE__ */ __name(function(e, t) {
    let n = t.getWebSockets(), r = B(n, s.__wbindgen_malloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_getWebSockets_23a6ca37e30e4708"), __wbg_get_31af05bd4842a84f: /* @__PURE__ */ __name(function(e, t) {
    return Reflect.get(e, t);
  }, "__wbg_get_31af05bd4842a84f"), __wbg_get_6c896e0571ddae51: /* @__PURE__ */ __name(function(e, t) {
    return e[t >>> 0];
  }, "__wbg_get_6c896e0571ddae51"), __wbg_get_806853698d9fc227: /* @__PURE__ */ __name(function(e, t) {
    return Reflect.get(e, t >>> 0);
  }, "__wbg_get_806853698d9fc227"), __wbg_get_88983e33467eae60: /* @__PURE__ */ __name(function(e, t) {
    let n = Reflect.get(e, t);
    return b(n) ? 0 : l(n);
  }, "__wbg_get_88983e33467eae60"), __wbg_get_done_7020b91c987365c7: /* @__PURE__ */ __name(function(e) {
    let t = e.done;
    return b(t) ? 16777215 : t ? 1 : 0;
  }, "__wbg_get_done_7020b91c987365c7"), __wbg_get_f75619e20cb68514: /* @__PURE__ */ __name(function(e, t, n, r) {
    let a = t.get(g(n, r));
    var f = b(a) ? 0 : p(a, s.__wbindgen_malloc, s.__wbindgen_realloc), w = d;
    u().setInt32(e + 4, w, true), u().setInt32(e + 0, f, true);
  }, "__wbg_get_f75619e20cb68514"), __wbg_get_value_87fbd6ad1283f2e7: /* @__PURE__ */ __name(function(e) {
    return e.value;
  }, "__wbg_get_value_87fbd6ad1283f2e7"), __wbg_headers_6930a8bd09b630de: /* @__PURE__ */ __name(function(e) {
    return e.headers;
  }, "__wbg_headers_6930a8bd09b630de"), __wbg_headers_eba93595f8944c2f: /* @__PURE__ */ __name(function(e) {
    return e.headers;
  }, "__wbg_headers_eba93595f8944c2f"), __wbg_instanceId_9b67ff33ae8bef8a: /* @__PURE__ */ __name(function(e) {
    return e.instanceId;
  }, "__wbg_instanceId_9b67ff33ae8bef8a"), __wbg_instanceof_ArrayBuffer_a99f175873e5d9b8: /* @__PURE__ */ __name(function(e) {
    let t;
    try {
      t = e instanceof ArrayBuffer;
    } catch {
      t = false;
    }
    return t;
  }, "__wbg_instanceof_ArrayBuffer_a99f175873e5d9b8"), __wbg_instanceof_Error_80a725f81f2e102d: /* @__PURE__ */ __name(function(e) {
    let t;
    try {
      t = e instanceof Error;
    } catch {
      t = false;
    }
    return t;
  }, "__wbg_instanceof_Error_80a725f81f2e102d"), __wbg_instanceof_ReadableStream_e2d77912575119ab: /* @__PURE__ */ __name(function(e) {
    let t;
    try {
      t = e instanceof ReadableStream;
    } catch {
      t = false;
    }
    return t;
  }, "__wbg_instanceof_ReadableStream_e2d77912575119ab"), __wbg_instanceof_Response_b8758567269c30b2: /* @__PURE__ */ __name(function(e) {
    let t;
    try {
      t = e instanceof Response;
    } catch {
      t = false;
    }
    return t;
  }, "__wbg_instanceof_Response_b8758567269c30b2"), __wbg_instanceof_Uint8Array_828cef2aaacafc31: /* @__PURE__ */ __name(function(e) {
    let t;
    try {
      t = e instanceof Uint8Array;
    } catch {
      t = false;
    }
    return t;
  }, "__wbg_instanceof_Uint8Array_828cef2aaacafc31"), __wbg_length_7f3c00c40364105e: /* @__PURE__ */ __name(function(e) {
    return e.length;
  }, "__wbg_length_7f3c00c40364105e"), __wbg_message_5f8387f0c32b90a7: /* @__PURE__ */ __name(function(e) {
    return e.message;
  }, "__wbg_message_5f8387f0c32b90a7"), __wbg_method_6d02ee0808a7de31: /* @__PURE__ */ __name(function(e, t) {
    let n = t.method, r = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_method_6d02ee0808a7de31"), __wbg_name_e2eac7cdfa054f65: /* @__PURE__ */ __name(function(e) {
    return e.name;
  }, "__wbg_name_e2eac7cdfa054f65"), __wbg_name_f9b814d78e8e299f: /* @__PURE__ */ __name(function(e) {
    return e.name;
  }, "__wbg_name_f9b814d78e8e299f"), __wbg_new_0_72d020f0c63443d4: /* @__PURE__ */ __name(function() {
    return /* @__PURE__ */ new Date();
  }, "__wbg_new_0_72d020f0c63443d4"), __wbg_new_1dbf7428bba60a42: /* @__PURE__ */ __name(function(e) {
    return new Uint8Array(e);
  }, "__wbg_new_1dbf7428bba60a42"), __wbg_new_343a093a3c2ffb4e: /* @__PURE__ */ __name(function(e, t) {
    return new Error(g(e, t));
  }, "__wbg_new_343a093a3c2ffb4e"), __wbg_new_34e56228080aa9f8: /* @__PURE__ */ __name(function(e) {
    return new Date(e);
  }, "__wbg_new_34e56228080aa9f8"), __wbg_new_5502aad30c185fc8: /* @__PURE__ */ __name(function(e, t) {
    try {
      var n = { a: e, b: t }, r = /* @__PURE__ */ __name((f, w) => {
        let h = n.a;
        n.a = 0;
        try {
          return ae(h, n.b, f, w);
        } finally {
          n.a = h;
        }
      }, "r");
      return new Promise(r);
    } finally {
      n.a = 0;
    }
  }, "__wbg_new_5502aad30c185fc8"), __wbg_new_617a8cdb8bb1130e: /* @__PURE__ */ __name(function() {
    return new Object();
  }, "__wbg_new_617a8cdb8bb1130e"), __wbg_new_83ca405eae412a62: /* @__PURE__ */ __name(function() {
    return new Headers();
  }, "__wbg_new_83ca405eae412a62"), __wbg_new_a319c03ad1458611: /* @__PURE__ */ __name(function() {
    return new WebSocketPair();
  }, "__wbg_new_a319c03ad1458611"), __wbg_new_from_slice_9a868026ffa4208a: /* @__PURE__ */ __name(function(e, t) {
    return new Uint8Array(z(e, t));
  }, "__wbg_new_from_slice_9a868026ffa4208a"), __wbg_new_with_byte_offset_and_length_2f5d7fc2a828b74d: /* @__PURE__ */ __name(function(e, t, n) {
    return new Uint8Array(e, t >>> 0, n >>> 0);
  }, "__wbg_new_with_byte_offset_and_length_2f5d7fc2a828b74d"), __wbg_new_with_length_3da0ad195f6f63ba: /* @__PURE__ */ __name(function(e) {
    return new Uint8Array(e >>> 0);
  }, "__wbg_new_with_length_3da0ad195f6f63ba"), __wbg_new_with_opt_buffer_source_and_init_c1b859a23c80afca: /* @__PURE__ */ __name(function(e, t) {
    return new Response(e, t);
  }, "__wbg_new_with_opt_buffer_source_and_init_c1b859a23c80afca"), __wbg_new_with_opt_readable_stream_and_init_df114f2d364f216d: /* @__PURE__ */ __name(function(e, t) {
    return new Response(e, t);
  }, "__wbg_new_with_opt_readable_stream_and_init_df114f2d364f216d"), __wbg_new_with_opt_str_and_init_33bef1b272950372: /* @__PURE__ */ __name(function(e, t, n) {
    return new Response(e === 0 ? void 0 : g(e, t), n);
  }, "__wbg_new_with_opt_str_and_init_33bef1b272950372"), __wbg_next_f4aac29c42af995c: /* @__PURE__ */ __name(function(e) {
    return e.next();
  }, "__wbg_next_f4aac29c42af995c"), __wbg_prototypesetcall_bc27214492979395: /* @__PURE__ */ __name(function(e, t, n) {
    Uint8Array.prototype.set.call(z(e, t), n);
  }, "__wbg_prototypesetcall_bc27214492979395"), __wbg_queueMicrotask_9833f9a49df95a49: /* @__PURE__ */ __name(function(e) {
    return e.queueMicrotask;
  }, "__wbg_queueMicrotask_9833f9a49df95a49"), __wbg_queueMicrotask_a72f977e97f23c5f: /* @__PURE__ */ __name(function(e) {
    queueMicrotask(e);
  }, "__wbg_queueMicrotask_a72f977e97f23c5f"), __wbg_read_2a943774344c9728: /* @__PURE__ */ __name(function(e) {
    return e.read();
  }, "__wbg_read_2a943774344c9728"), __wbg_readable_7c6bc793dd899969: /* @__PURE__ */ __name(function(e) {
    return e.readable;
  }, "__wbg_readable_7c6bc793dd899969"), __wbg_reason_832acaf5f4083b7b: /* @__PURE__ */ __name(function(e, t) {
    let n = t.reason, r = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_reason_832acaf5f4083b7b"), __wbg_releaseLock_eb64cd83aa9fcfe4: /* @__PURE__ */ __name(function(e) {
    e.releaseLock();
  }, "__wbg_releaseLock_eb64cd83aa9fcfe4"), __wbg_removeEventListener_6e68185345978771: /* @__PURE__ */ __name(function(e, t, n, r) {
    e.removeEventListener(g(t, n), r);
  }, "__wbg_removeEventListener_6e68185345978771"), __wbg_resolve_0076e10020304ede: /* @__PURE__ */ __name(function(e) {
    return Promise.resolve(e);
  }, "__wbg_resolve_0076e10020304ede"), __wbg_respond_c102fabcc79e5ef0: /* @__PURE__ */ __name(function(e, t) {
    e.respond(t >>> 0);
  }, "__wbg_respond_c102fabcc79e5ef0"), __wbg_send_7780d530d761fca9: /* @__PURE__ */ __name(function(e, t) {
    e.send(t);
  }, "__wbg_send_7780d530d761fca9"), __wbg_send_797960c7a6a0270d: /* @__PURE__ */ __name(function(e, t) {
    e.send(t);
  }, "__wbg_send_797960c7a6a0270d"), __wbg_send_b5bdd806efe4baf6: /* @__PURE__ */ __name(function(e, t, n) {
    e.send(g(t, n));
  }, "__wbg_send_b5bdd806efe4baf6"), __wbg_serializeAttachment_1af0eaaee11b6cda: /* @__PURE__ */ __name(function(e, t) {
    e.serializeAttachment(t);
  }, "__wbg_serializeAttachment_1af0eaaee11b6cda"), __wbg_setAlarm_c5fe74baa2cbb03d: /* @__PURE__ */ __name(function(e, t, n) {
    return e.setAlarm(t, n);
  }, "__wbg_setAlarm_c5fe74baa2cbb03d"), __wbg_set_145a351398b48c65: /* @__PURE__ */ __name(function(e, t, n) {
    return Reflect.set(e, t, n);
  }, "__wbg_set_145a351398b48c65"), __wbg_set_575d3ddb70fe831d: /* @__PURE__ */ __name(function(e, t, n) {
    e.set(z(t, n));
  }, "__wbg_set_575d3ddb70fe831d"), __wbg_set_af5932e3f78b5648: /* @__PURE__ */ __name(function(e, t, n, r, a) {
    e.set(g(t, n), g(r, a));
  }, "__wbg_set_af5932e3f78b5648"), __wbg_set_binaryType_21835bf0df8f70aa: /* @__PURE__ */ __name(function(e, t) {
    e.binaryType = fe[t];
  }, "__wbg_set_binaryType_21835bf0df8f70aa"), __wbg_set_headers_69ef7c46a2e6c742: /* @__PURE__ */ __name(function(e, t) {
    e.headers = t;
  }, "__wbg_set_headers_69ef7c46a2e6c742"), __wbg_set_instanceId_9ad5caac0a4e519c: /* @__PURE__ */ __name(function(e, t) {
    e.instanceId = t >>> 0;
  }, "__wbg_set_instanceId_9ad5caac0a4e519c"), __wbg_set_status_678f122cbe435d95: /* @__PURE__ */ __name(function(e, t) {
    e.status = t;
  }, "__wbg_set_status_678f122cbe435d95"), __wbg_static_accessor_GLOBAL_266715b9d96ba635: /* @__PURE__ */ __name(function() {
    let e = typeof global > "u" ? null : global;
    return b(e) ? 0 : l(e);
  }, "__wbg_static_accessor_GLOBAL_266715b9d96ba635"), __wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179: /* @__PURE__ */ __name(function() {
    let e = typeof globalThis > "u" ? null : globalThis;
    return b(e) ? 0 : l(e);
  }, "__wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179"), __wbg_static_accessor_INIT_STATE_e3fce2ad8a08e94e: /* @__PURE__ */ __name(function() {
    return $;
  }, "__wbg_static_accessor_INIT_STATE_e3fce2ad8a08e94e"), __wbg_static_accessor_SELF_0b583911f537483a: /* @__PURE__ */ __name(function() {
    let e = typeof self > "u" ? null : self;
    return b(e) ? 0 : l(e);
  }, "__wbg_static_accessor_SELF_0b583911f537483a"), __wbg_static_accessor_WINDOW_d7f903d1508cbdc4: /* @__PURE__ */ __name(function() {
    let e = typeof window > "u" ? null : window;
    return b(e) ? 0 : l(e);
  }, "__wbg_static_accessor_WINDOW_d7f903d1508cbdc4"), __wbg_status_ce0a98d3c57125f3: /* @__PURE__ */ __name(function(e) {
    return e.status;
  }, "__wbg_status_ce0a98d3c57125f3"), __wbg_storage_dbf440e5000527fe: /* @__PURE__ */ __name(function(e) {
    return e.storage;
  }, "__wbg_storage_dbf440e5000527fe"), __wbg_then_c949d5a25a4e78f8: /* @__PURE__ */ __name(function(e, t, n) {
    return e.then(t, n);
  }, "__wbg_then_c949d5a25a4e78f8"), __wbg_then_e71170d78fcf8954: /* @__PURE__ */ __name(function(e, t) {
    return e.then(t);
  }, "__wbg_then_e71170d78fcf8954"), __wbg_url_7bfada5c2297bc70: /* @__PURE__ */ __name(function(e, t) {
    let n = t.url, r = p(n, s.__wbindgen_malloc, s.__wbindgen_realloc), a = d;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_url_7bfada5c2297bc70"), __wbg_value_f3c585ee8f5ba40c: /* @__PURE__ */ __name(function(e) {
    return e.value;
  }, "__wbg_value_f3c585ee8f5ba40c"), __wbg_view_9c570f33e8d6ab96: /* @__PURE__ */ __name(function(e) {
    let t = e.view;
    return b(t) ? 0 : l(t);
  }, "__wbg_view_9c570f33e8d6ab96"), __wbg_waitUntil_db2bfc768dbc5391: /* @__PURE__ */ __name(function(e, t) {
    e.waitUntil(t);
  }, "__wbg_waitUntil_db2bfc768dbc5391"), __wbg_webSocket_2b7e8e9549bed673: /* @__PURE__ */ __name(function(e) {
    let t = e.webSocket;
    return b(t) ? 0 : l(t);
  }, "__wbg_webSocket_2b7e8e9549bed673"), __wbg_writable_a897472079c09078: /* @__PURE__ */ __name(function(e) {
    return e.writable;
  }, "__wbg_writable_a897472079c09078"), __wbindgen_generic_0000000000000001: /* @__PURE__ */ __name(function(e, t) {
    return j(e, t, re);
  }, "__wbindgen_generic_0000000000000001"), __wbindgen_generic_0000000000000002: /* @__PURE__ */ __name(function(e, t) {
    return j(e, t, ce);
  }, "__wbindgen_generic_0000000000000002"), __wbindgen_generic_0000000000000003: /* @__PURE__ */ __name(function(e, t) {
    return j(e, t, se);
  }, "__wbindgen_generic_0000000000000003"), __wbindgen_generic_0000000000000004: /* @__PURE__ */ __name(function(e, t) {
    return j(e, t, ie);
  }, "__wbindgen_generic_0000000000000004"), __wbindgen_generic_0000000000000005: /* @__PURE__ */ __name(function(e, t) {
    return j(e, t, oe);
  }, "__wbindgen_generic_0000000000000005"), __wbindgen_generic_0000000000000006: /* @__PURE__ */ __name(function(e) {
    return e;
  }, "__wbindgen_generic_0000000000000006"), __wbindgen_generic_0000000000000007: /* @__PURE__ */ __name(function(e, t) {
    return g(e, t);
  }, "__wbindgen_generic_0000000000000007"), __wbindgen_init_externref_table: /* @__PURE__ */ __name(function() {
    let e = s.__wbindgen_externrefs, t = e.grow(4);
    e.set(0, void 0), e.set(t + 0, void 0), e.set(t + 1, null), e.set(t + 2, true), e.set(t + 3, false);
  }, "__wbindgen_init_externref_table"), __wbindgen_jstag: WebAssembly.JSTag, __wbindgen_wrapped_jstag: W } };
}
__name(ee, "ee");
var W = new WebAssembly.Tag({ parameters: ["externref"] });
var U;
var J = false;
function te() {
  J = true;
  try {
    let _ = q()[s.__abort_handler.value / 4];
    _ && s.__wbindgen_export.get(_)();
  } catch {
  }
}
__name(te, "te");
function i(_) {
  throw _ instanceof WebAssembly.Exception && _.is(W) ? _.getArg(W, 0) : (q()[U] = 1, te(), _);
}
__name(i, "i");
function o() {
  if (U ??= s.__instance_terminated.value / 4, q()[U]) {
    if (J || te(), C) {
      H();
      return;
    }
    throw new Error("Module terminated");
  } else C && H();
}
__name(o, "o");
function re(_, e, t) {
  o();
  try {
    s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___wasm_bindgen_c8cc91aff3067587___JsValue______true_(_, e, t);
  } catch (n) {
    i(n);
  }
}
__name(re, "re");
function se(_, e, t) {
  o();
  try {
    s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___web_sys_bd6da6306afe5172___features__gen_CloseEvent__CloseEvent______true_(_, e, t);
  } catch (n) {
    i(n);
  }
}
__name(se, "se");
function ie(_, e, t) {
  o();
  try {
    s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___web_sys_bd6da6306afe5172___features__gen_ErrorEvent__ErrorEvent______true_(_, e, t);
  } catch (n) {
    i(n);
  }
}
__name(ie, "ie");
function oe(_, e, t) {
  o();
  try {
    s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___web_sys_bd6da6306afe5172___features__gen_MessageEvent__MessageEvent______true_(_, e, t);
  } catch (n) {
    i(n);
  }
}
__name(oe, "oe");
function ce(_, e, t) {
  let n;
  o();
  try {
    n = s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___wasm_bindgen_c8cc91aff3067587___JsValue__core_bb3caaa56f9acc4f___result__Result_____wasm_bindgen_c8cc91aff3067587___JsError___true_(_, e, t);
  } catch (r) {
    i(r);
  }
  if (n[1]) throw pe(n[0]);
}
__name(ce, "ce");
function ae(_, e, t, n) {
  o();
  try {
    s.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___js_sys_766122d3d1ea0d90___Function__js_sys_766122d3d1ea0d90___Function______true_(_, e, t, n);
  } catch (r) {
    i(r);
  }
}
__name(ae, "ae");
var fe = ["blob", "arraybuffer"];
var be = ["bytes"];
var c = 0;
var ue = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_containerstartupoptions_free(_, 1);
});
var G = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_echoes_free(_, 1);
});
var we = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_intounderlyingbytesource_free(_, 1);
});
var de = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_intounderlyingsink_free(_, 1);
});
var ge = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_intounderlyingsource_free(_, 1);
});
var le = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_minifyconfig_free(_, 1);
});
var he = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_r2range_free(_, 1);
});
var K = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === c && s.__wbg_sockets_free(_, 1);
});
function l(_) {
  let e = s.__externref_table_alloc();
  return s.__wbindgen_externrefs.set(e, _), e;
}
__name(l, "l");
var Q = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry((_) => {
  _.instance === c && s.__wbindgen_destroy_closure(_.a, _.b);
});
function D(_) {
  let e = typeof _;
  if (e == "number" || e == "boolean" || _ == null) return `${_}`;
  if (e == "string") return `"${_}"`;
  if (e == "symbol") {
    let r = _.description;
    return r == null ? "Symbol" : `Symbol(${r})`;
  }
  if (e == "function") {
    let r = _.name;
    return typeof r == "string" && r.length > 0 ? `Function(${r})` : "Function";
  }
  if (Array.isArray(_)) {
    let r = _.length, a = "[";
    r > 0 && (a += D(_[0]));
    for (let f = 1; f < r; f++) a += ", " + D(_[f]);
    return a += "]", a;
  }
  let t = /\[object ([^\]]+)\]/.exec(toString.call(_)), n;
  if (t && t.length > 1) n = t[1];
  else return toString.call(_);
  if (n == "Object") try {
    return "Object(" + JSON.stringify(_) + ")";
  } catch {
    return "Object";
  }
  return _ instanceof Error ? `${_.name}: ${_.message}
${_.stack}` : n;
}
__name(D, "D");
function ne(_, e) {
  _ = _ >>> 0;
  let t = u(), n = [];
  for (let r = _; r < _ + 4 * e; r += 4) n.push(s.__wbindgen_externrefs.get(t.getUint32(r, true)));
  return s.__externref_drop_slice(_, e), n;
}
__name(ne, "ne");
function z(_, e) {
  return _ = _ >>> 0, R().subarray(_ / 1, _ / 1 + e);
}
__name(z, "z");
var y = null;
function u() {
  return (y === null || y.buffer.detached === true || y.buffer.detached === void 0 && y.buffer !== s.memory.buffer) && (y = new DataView(s.memory.buffer)), y;
}
__name(u, "u");
var F = null;
function q() {
  return (F === null || F.byteLength === 0) && (F = new Int32Array(s.memory.buffer)), F;
}
__name(q, "q");
function g(_, e) {
  return ye(_ >>> 0, e);
}
__name(g, "g");
var S = null;
function R() {
  return (S === null || S.byteLength === 0) && (S = new Uint8Array(s.memory.buffer)), S;
}
__name(R, "R");
function b(_) {
  return _ == null;
}
__name(b, "b");
function j(_, e, t) {
  let n = { a: _, b: e, cnt: 1, instance: c }, r = /* @__PURE__ */ __name((...a) => {
    if (n.instance !== c) throw new Error("Cannot invoke closure from previous WASM instance");
    n.cnt++;
    let f = n.a;
    n.a = 0;
    try {
      return t(f, n.b, ...a);
    } finally {
      n.a = f, r._wbg_cb_unref();
    }
  }, "r");
  return r._wbg_cb_unref = () => {
    --n.cnt === 0 && (s.__wbindgen_destroy_closure(n.a, n.b), n.a = 0, Q.unregister(n));
  }, Q.register(r, n, n), r;
}
__name(j, "j");
var P = class extends Error {
  static {
    __name(this, "P");
  }
};
Object.defineProperty(P.prototype, "name", { value: "PanicError" });
function B(_, e) {
  let t = e(_.length * 4, 4) >>> 0;
  for (let n = 0; n < _.length; n++) {
    let r = l(_[n]);
    u().setUint32(t + 4 * n, r, true);
  }
  return d = _.length, t;
}
__name(B, "B");
function p(_, e, t) {
  if (t === void 0) {
    let w = A.encode(_), h = e(w.length, 1) >>> 0;
    return R().subarray(h, h + w.length).set(w), d = w.length, h;
  }
  let n = _.length, r = e(n, 1) >>> 0, a = R(), f = 0;
  for (; f < n; f++) {
    let w = _.charCodeAt(f);
    if (w > 127) break;
    a[r + f] = w;
  }
  if (f !== n) {
    f !== 0 && (_ = _.slice(f)), r = t(r, n, n = f + _.length * 3, 1) >>> 0;
    let w = R().subarray(r + f, r + n), h = A.encodeInto(_, w);
    f += h.written, r = t(r, n, f, 1) >>> 0;
  }
  return d = f, r;
}
__name(p, "p");
var C = false;
function pe(_) {
  let e = s.__wbindgen_externrefs.get(_);
  return s.__externref_table_dealloc(_), e;
}
__name(pe, "pe");
var _e = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
_e.decode();
function ye(_, e) {
  return _e.decode(R().subarray(_, _ + e));
}
__name(ye, "ye");
var A = new TextEncoder();
"encodeInto" in A || (A.encodeInto = function(_, e) {
  let t = A.encode(_);
  return e.set(t), { read: _.length, written: t.length };
});
var d = 0;
var V = new WebAssembly.Instance(X, ee());
var s = V.exports;
s.__wbindgen_start();
Error.stackTraceLimit = 100;
var N = Y();
var L = class extends ve {
  static {
    __name(this, "L");
  }
};
L.prototype.fetch = function(e) {
  return Z.call(this, e, this.env, this.ctx);
};
var Ee = { set: /* @__PURE__ */ __name((_, e, t, n) => Reflect.set(_.instance, e, t, n), "set"), has: /* @__PURE__ */ __name((_, e) => Reflect.has(_.instance, e), "has"), deleteProperty: /* @__PURE__ */ __name((_, e) => Reflect.deleteProperty(_.instance, e), "deleteProperty"), apply: /* @__PURE__ */ __name((_, e, t) => Reflect.apply(_.instance, e, t), "apply"), construct: /* @__PURE__ */ __name((_, e, t) => Reflect.construct(_.instance, e, t), "construct"), getPrototypeOf: /* @__PURE__ */ __name((_) => Reflect.getPrototypeOf(_.instance), "getPrototypeOf"), setPrototypeOf: /* @__PURE__ */ __name((_, e) => Reflect.setPrototypeOf(_.instance, e), "setPrototypeOf"), isExtensible: /* @__PURE__ */ __name((_) => Reflect.isExtensible(_.instance), "isExtensible"), preventExtensions: /* @__PURE__ */ __name((_) => Reflect.preventExtensions(_.instance), "preventExtensions"), getOwnPropertyDescriptor: /* @__PURE__ */ __name((_, e) => Reflect.getOwnPropertyDescriptor(_.instance, e), "getOwnPropertyDescriptor"), defineProperty: /* @__PURE__ */ __name((_, e, t) => Reflect.defineProperty(_.instance, e, t), "defineProperty"), ownKeys: /* @__PURE__ */ __name((_) => Reflect.ownKeys(_.instance), "ownKeys") };
var k = { construct(_, e, t) {
  let n = { instance: Reflect.construct(_, e, t), instanceId: N.instanceId, ctor: _, args: e, newTarget: t };
  return new Proxy(n, { ...Ee, get(r, a, f) {
    return r.instanceId !== N.instanceId && (r.instance = Reflect.construct(r.ctor, r.args, r.newTarget), r.instanceId = N.instanceId), Reflect.get(r.instance, a, f);
  } });
} };
var Fe = new Proxy(L, k);
var Se = new Proxy(m, k);
var We = new Proxy(v, k);
var Re = new Proxy(E, k);
var Ae = new Proxy(I, k);
var ze = new Proxy(x, k);

// ../../node_modules/wrangler/templates/middleware/middleware-ensure-req-body-drained.ts
var drainBody = /* @__PURE__ */ __name(async (request, env, _ctx, middlewareCtx) => {
  try {
    return await middlewareCtx.next(request, env);
  } finally {
    try {
      if (request.body !== null && !request.bodyUsed) {
        const reader = request.body.getReader();
        while (!(await reader.read()).done) {
        }
      }
    } catch (e) {
      console.error("Failed to drain the unused request body.", e);
    }
  }
}, "drainBody");
var middleware_ensure_req_body_drained_default = drainBody;

// ../../node_modules/wrangler/templates/middleware/middleware-miniflare3-json-error.ts
function reduceError(e) {
  return {
    name: e?.name,
    message: e?.message ?? String(e),
    stack: e?.stack,
    cause: e?.cause === void 0 ? void 0 : reduceError(e.cause)
  };
}
__name(reduceError, "reduceError");
var jsonError = /* @__PURE__ */ __name(async (request, env, _ctx, middlewareCtx) => {
  try {
    return await middlewareCtx.next(request, env);
  } catch (e) {
    const error = reduceError(e);
    const body = JSON.stringify(error);
    const headers = {
      "Content-Type": "application/json",
      "MF-Experimental-Error-Stack": "true"
    };
    const encoded = encodeURIComponent(body);
    if (encoded.length <= 8192) {
      headers["MF-Experimental-Error-Stack-Payload"] = encoded;
    }
    return new Response(body, { status: 500, headers });
  }
}, "jsonError");
var middleware_miniflare3_json_error_default = jsonError;

// .wrangler/tmp/bundle-sJot0o/middleware-insertion-facade.js
var __INTERNAL_WRANGLER_MIDDLEWARE__ = [
  middleware_ensure_req_body_drained_default,
  middleware_miniflare3_json_error_default
];
var middleware_insertion_facade_default = Fe;

// ../../node_modules/wrangler/templates/middleware/common.ts
var __facade_middleware__ = [];
function __facade_register__(...args) {
  __facade_middleware__.push(...args.flat());
}
__name(__facade_register__, "__facade_register__");
function __facade_invokeChain__(request, env, ctx, dispatch, middlewareChain) {
  const [head, ...tail] = middlewareChain;
  const middlewareCtx = {
    dispatch,
    next(newRequest, newEnv) {
      return __facade_invokeChain__(newRequest, newEnv, ctx, dispatch, tail);
    }
  };
  return head(request, env, ctx, middlewareCtx);
}
__name(__facade_invokeChain__, "__facade_invokeChain__");
function __facade_invoke__(request, env, ctx, dispatch, finalMiddleware) {
  return __facade_invokeChain__(request, env, ctx, dispatch, [
    ...__facade_middleware__,
    finalMiddleware
  ]);
}
__name(__facade_invoke__, "__facade_invoke__");

// .wrangler/tmp/bundle-sJot0o/middleware-loader.entry.ts
var __Facade_ScheduledController__ = class ___Facade_ScheduledController__ {
  constructor(scheduledTime, cron, noRetry) {
    this.scheduledTime = scheduledTime;
    this.cron = cron;
    this.#noRetry = noRetry;
  }
  scheduledTime;
  cron;
  static {
    __name(this, "__Facade_ScheduledController__");
  }
  #noRetry;
  noRetry() {
    if (!(this instanceof ___Facade_ScheduledController__)) {
      throw new TypeError("Illegal invocation");
    }
    this.#noRetry();
  }
};
function wrapExportedHandler(worker) {
  if (__INTERNAL_WRANGLER_MIDDLEWARE__ === void 0 || __INTERNAL_WRANGLER_MIDDLEWARE__.length === 0) {
    return worker;
  }
  for (const middleware of __INTERNAL_WRANGLER_MIDDLEWARE__) {
    __facade_register__(middleware);
  }
  const fetchDispatcher = /* @__PURE__ */ __name(function(request, env, ctx) {
    if (worker.fetch === void 0) {
      throw new Error("Handler does not export a fetch() function.");
    }
    return worker.fetch(request, env, ctx);
  }, "fetchDispatcher");
  return {
    ...worker,
    fetch(request, env, ctx) {
      const dispatcher = /* @__PURE__ */ __name(function(type, init) {
        if (type === "scheduled" && worker.scheduled !== void 0) {
          const controller = new __Facade_ScheduledController__(
            Date.now(),
            init.cron ?? "",
            () => {
            }
          );
          return worker.scheduled(controller, env, ctx);
        }
      }, "dispatcher");
      return __facade_invoke__(request, env, ctx, dispatcher, fetchDispatcher);
    }
  };
}
__name(wrapExportedHandler, "wrapExportedHandler");
function wrapWorkerEntrypoint(klass) {
  if (__INTERNAL_WRANGLER_MIDDLEWARE__ === void 0 || __INTERNAL_WRANGLER_MIDDLEWARE__.length === 0) {
    return klass;
  }
  for (const middleware of __INTERNAL_WRANGLER_MIDDLEWARE__) {
    __facade_register__(middleware);
  }
  return class extends klass {
    #fetchDispatcher = /* @__PURE__ */ __name((request, env, ctx) => {
      this.env = env;
      this.ctx = ctx;
      if (super.fetch === void 0) {
        throw new Error("Entrypoint class does not define a fetch() function.");
      }
      return super.fetch(request);
    }, "#fetchDispatcher");
    #dispatcher = /* @__PURE__ */ __name((type, init) => {
      if (type === "scheduled" && super.scheduled !== void 0) {
        const controller = new __Facade_ScheduledController__(
          Date.now(),
          init.cron ?? "",
          () => {
          }
        );
        return super.scheduled(controller);
      }
    }, "#dispatcher");
    fetch(request) {
      return __facade_invoke__(
        request,
        this.env,
        this.ctx,
        this.#dispatcher,
        this.#fetchDispatcher
      );
    }
  };
}
__name(wrapWorkerEntrypoint, "wrapWorkerEntrypoint");
var WRAPPED_ENTRY;
if (typeof middleware_insertion_facade_default === "object") {
  WRAPPED_ENTRY = wrapExportedHandler(middleware_insertion_facade_default);
} else if (typeof middleware_insertion_facade_default === "function") {
  WRAPPED_ENTRY = wrapWorkerEntrypoint(middleware_insertion_facade_default);
}
var middleware_loader_entry_default = WRAPPED_ENTRY;
export {
  Se as ContainerStartupOptions,
  We as Echoes,
  Re as MinifyConfig,
  Ae as R2Range,
  ze as Sockets,
  __INTERNAL_WRANGLER_MIDDLEWARE__,
  middleware_loader_entry_default as default
};
//# sourceMappingURL=index.js.map
