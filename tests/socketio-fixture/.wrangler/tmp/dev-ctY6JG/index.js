var __defProp = Object.defineProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });

// build/index.js
import { WorkerEntrypoint as he } from "cloudflare:workers";
import X from "./b869179bbf6896b6db01f940e79428848886341a-index_bg.wasm";
var N = globalThis.__worker_init_state = { criticalError: false, instanceId: 0 };
var m = class {
  static {
    __name(this, "m");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, ce.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_containerstartupoptions_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  get enableInternet() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_containerstartupoptions_enableInternet(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e === 16777215 ? void 0 : e !== 0;
  }
  get entrypoint() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_containerstartupoptions_entrypoint(this.__wbg_ptr);
    } catch (n) {
      o(n);
    }
    var t = ne(e[0], e[1]);
    return i.__wbindgen_free(e[0], e[1] * 4, 4), t;
  }
  get env() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_containerstartupoptions_env(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e;
  }
  set enableInternet(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_containerstartupoptions_enableInternet(this.__wbg_ptr, b(e) ? 16777215 : e ? 1 : 0);
    } catch (t) {
      o(t);
    }
  }
  set entrypoint(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t = D(e, i.__wbindgen_malloc), n = g;
    c();
    try {
      i.__wbg_set_containerstartupoptions_entrypoint(this.__wbg_ptr, t, n);
    } catch (r) {
      o(r);
    }
  }
  set env(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_containerstartupoptions_env(this.__wbg_ptr, e);
    } catch (t) {
      o(t);
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
    return this.__wbg_ptr = 0, H.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_echoes_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  alarm() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.echoes_alarm(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e;
  }
  connect(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.echoes_connect(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  fetch(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.echoes_fetch(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  constructor(e, t) {
    let n;
    c();
    try {
      n = i.echoes_new(e, t);
    } catch (r) {
      o(r);
    }
    return this.__wbg_ptr = n, Object.defineProperty(this, "__wbg_inst", { value: s, writable: true }), H.register(this, { ptr: n, instance: s }, this), this;
  }
  webSocketClose(e, t, n, r) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let a = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), f = g, w;
    c();
    try {
      w = i.echoes_webSocketClose(this.__wbg_ptr, e, t, a, f, r);
    } catch (l) {
      o(l);
    }
    return w;
  }
  webSocketError(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    c();
    try {
      n = i.echoes_webSocketError(this.__wbg_ptr, e, t);
    } catch (r) {
      o(r);
    }
    return n;
  }
  webSocketMessage(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    c();
    try {
      n = i.echoes_webSocketMessage(this.__wbg_ptr, e, t);
    } catch (r) {
      o(r);
    }
    return n;
  }
};
Symbol.dispose && (v.prototype[Symbol.dispose] = v.prototype.free);
var z = class {
  static {
    __name(this, "z");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, ae.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_intounderlyingbytesource_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  get autoAllocateChunkSize() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.intounderlyingbytesource_autoAllocateChunkSize(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e >>> 0;
  }
  cancel() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw();
    c();
    try {
      i.intounderlyingbytesource_cancel(e);
    } catch (t) {
      o(t);
    }
  }
  pull(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.intounderlyingbytesource_pull(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  start(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.intounderlyingbytesource_start(this.__wbg_ptr, e);
    } catch (t) {
      o(t);
    }
  }
  get type() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.intounderlyingbytesource_type(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return oe[e];
  }
};
Symbol.dispose && (z.prototype[Symbol.dispose] = z.prototype.free);
var T = class {
  static {
    __name(this, "T");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, fe.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_intounderlyingsink_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  abort(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t = this.__destroy_into_raw(), n;
    c();
    try {
      n = i.intounderlyingsink_abort(t, e);
    } catch (r) {
      o(r);
    }
    return n;
  }
  close() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw(), t;
    c();
    try {
      t = i.intounderlyingsink_close(e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  write(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.intounderlyingsink_write(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
};
Symbol.dispose && (T.prototype[Symbol.dispose] = T.prototype.free);
var O = class {
  static {
    __name(this, "O");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, be.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_intounderlyingsource_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  cancel() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e = this.__destroy_into_raw();
    c();
    try {
      i.intounderlyingsource_cancel(e);
    } catch (t) {
      o(t);
    }
  }
  pull(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.intounderlyingsource_pull(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
};
Symbol.dispose && (O.prototype[Symbol.dispose] = O.prototype.free);
var I = class {
  static {
    __name(this, "I");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, ue.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_minifyconfig_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  get css() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_minifyconfig_css(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e !== 0;
  }
  get html() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_minifyconfig_html(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e !== 0;
  }
  get js() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_minifyconfig_js(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e !== 0;
  }
  set css(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_minifyconfig_css(this.__wbg_ptr, e);
    } catch (t) {
      o(t);
    }
  }
  set html(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_minifyconfig_html(this.__wbg_ptr, e);
    } catch (t) {
      o(t);
    }
  }
  set js(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_minifyconfig_js(this.__wbg_ptr, e);
    } catch (t) {
      o(t);
    }
  }
};
Symbol.dispose && (I.prototype[Symbol.dispose] = I.prototype.free);
var E = class {
  static {
    __name(this, "E");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, we.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_r2range_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  get length() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_r2range_length(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  get offset() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_r2range_offset(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  get suffix() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.__wbg_get_r2range_suffix(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e[0] === 0 ? void 0 : e[1];
  }
  set length(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_r2range_length(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      o(t);
    }
  }
  set offset(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_r2range_offset(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      o(t);
    }
  }
  set suffix(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    c();
    try {
      i.__wbg_set_r2range_suffix(this.__wbg_ptr, !b(e), b(e) ? 0 : e);
    } catch (t) {
      o(t);
    }
  }
};
Symbol.dispose && (E.prototype[Symbol.dispose] = E.prototype.free);
var x = class {
  static {
    __name(this, "x");
  }
  __destroy_into_raw() {
    let e = this.__wbg_ptr;
    return this.__wbg_ptr = 0, G.unregister(this), e;
  }
  free() {
    let e = this.__destroy_into_raw();
    c();
    try {
      i.__wbg_sockets_free(e, 0);
    } catch (t) {
      o(t);
    }
  }
  alarm() {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let e;
    c();
    try {
      e = i.sockets_alarm(this.__wbg_ptr);
    } catch (t) {
      o(t);
    }
    return e;
  }
  connect(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.sockets_connect(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  fetch(e) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let t;
    c();
    try {
      t = i.sockets_fetch(this.__wbg_ptr, e);
    } catch (n) {
      o(n);
    }
    return t;
  }
  constructor(e, t) {
    let n;
    c();
    try {
      n = i.sockets_new(e, t);
    } catch (r) {
      o(r);
    }
    return this.__wbg_ptr = n, Object.defineProperty(this, "__wbg_inst", { value: s, writable: true }), G.register(this, { ptr: n, instance: s }, this), this;
  }
  webSocketClose(e, t, n, r) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let a = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), f = g, w;
    c();
    try {
      w = i.sockets_webSocketClose(this.__wbg_ptr, e, t, a, f, r);
    } catch (l) {
      o(l);
    }
    return w;
  }
  webSocketError(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    c();
    try {
      n = i.sockets_webSocketError(this.__wbg_ptr, e, t);
    } catch (r) {
      o(r);
    }
    return n;
  }
  webSocketMessage(e, t) {
    if (this.__wbg_inst !== void 0 && this.__wbg_inst !== s) throw new Error("Invalid stale object from previous Wasm instance");
    let n;
    c();
    try {
      n = i.sockets_webSocketMessage(this.__wbg_ptr, e, t);
    } catch (r) {
      o(r);
    }
    return n;
  }
};
Symbol.dispose && (x.prototype[Symbol.dispose] = x.prototype.free);
function $() {
  s++, y = null, j = null, F = null, typeof numBytesDecoded < "u" && (numBytesDecoded = 0), typeof g < "u" && (g = 0), B = false, M = false, V = new WebAssembly.Instance(X, ee()), i = V.exports, i.__wbindgen_start();
}
__name($, "$");
function Y() {
  let _;
  c();
  try {
    _ = i.__worker_init_state();
  } catch (e) {
    o(e);
  }
  return _;
}
__name(Y, "Y");
function Z(_, e, t) {
  let n;
  c();
  try {
    n = i.fetch(_, e, t);
  } catch (r) {
    o(r);
  }
  return n;
}
__name(Z, "Z");
function ee() {
  return { __proto__: null, "./index_bg.js": { __proto__: null, __wbg_Error_30c8987f7c2ed4e2: /* @__PURE__ */ __name(function(e, t) {
    return Error(h(e, t));
  }, "__wbg_Error_30c8987f7c2ed4e2"), __wbg_String_8564e559799eccda: /* @__PURE__ */ __name(function(e, t) {
    let n = String(t), r = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), a = g;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_String_8564e559799eccda"), __wbg___wbindgen_boolean_get_5b446f51afd21013: /* @__PURE__ */ __name(function(e) {
    let t = e, n = typeof t == "boolean" ? t : void 0;
    return b(n) ? 16777215 : n ? 1 : 0;
  }, "__wbg___wbindgen_boolean_get_5b446f51afd21013"), __wbg___wbindgen_debug_string_4687d8d8c2017d52: /* @__PURE__ */ __name(function(e, t) {
    let n = L(t), r = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), a = g;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg___wbindgen_debug_string_4687d8d8c2017d52"), __wbg___wbindgen_is_function_1f9d30630b8b1d3d: /* @__PURE__ */ __name(function(e) {
    return typeof e == "function";
  }, "__wbg___wbindgen_is_function_1f9d30630b8b1d3d"), __wbg___wbindgen_is_null_e343b7d08827ba72: /* @__PURE__ */ __name(function(e) {
    return e === null;
  }, "__wbg___wbindgen_is_null_e343b7d08827ba72"), __wbg___wbindgen_is_null_or_undefined_f9435d56bdcc06df: /* @__PURE__ */ __name(function(e) {
    return e == null;
  }, "__wbg___wbindgen_is_null_or_undefined_f9435d56bdcc06df"), __wbg___wbindgen_is_undefined_8865fb403f8fe9d8: /* @__PURE__ */ __name(function(e) {
    return e === void 0;
  }, "__wbg___wbindgen_is_undefined_8865fb403f8fe9d8"), __wbg___wbindgen_jsval_loose_eq_677f21e468d6b461: /* @__PURE__ */ __name(function(e, t) {
    return e == t;
  }, "__wbg___wbindgen_jsval_loose_eq_677f21e468d6b461"), __wbg___wbindgen_number_get_2e0e7dee9f701a71: /* @__PURE__ */ __name(function(e, t) {
    let n = t, r = typeof n == "number" ? n : void 0;
    u().setFloat64(e + 8, b(r) ? 0 : r, true), u().setInt32(e + 0, !b(r), true);
  }, "__wbg___wbindgen_number_get_2e0e7dee9f701a71"), __wbg___wbindgen_panic_error_1da2bf9da04e868c: /* @__PURE__ */ __name(function(e) {
    return new P(e);
  }, "__wbg___wbindgen_panic_error_1da2bf9da04e868c"), __wbg___wbindgen_reinit_3f79fdb34dee3ea9: /* @__PURE__ */ __name(function() {
    M = true;
  }, "__wbg___wbindgen_reinit_3f79fdb34dee3ea9"), __wbg___wbindgen_rethrow_cb2e88c6b2a16733: /* @__PURE__ */ __name(function(e) {
    throw new WebAssembly.Exception(S, [e]);
  }, "__wbg___wbindgen_rethrow_cb2e88c6b2a16733"), __wbg___wbindgen_string_get_0380ccaa2f57f0d9: /* @__PURE__ */ __name(function(e, t) {
    let n = t, r = typeof n == "string" ? n : void 0;
    var a = b(r) ? 0 : p(r, i.__wbindgen_malloc, i.__wbindgen_realloc), f = g;
    u().setInt32(e + 4, f, true), u().setInt32(e + 0, a, true);
  }, "__wbg___wbindgen_string_get_0380ccaa2f57f0d9"), __wbg___wbindgen_throw_41e9ee4f547fc59a: /* @__PURE__ */ __name(function(e, t) {
    throw new WebAssembly.Exception(S, [new Error(h(e, t))]);
  }, "__wbg___wbindgen_throw_41e9ee4f547fc59a"), __wbg__wbg_cb_unref_dcc1a90847f04c41: /* @__PURE__ */ __name(function(e) {
    e._wbg_cb_unref();
  }, "__wbg__wbg_cb_unref_dcc1a90847f04c41"), __wbg_acceptWebSocket_fdf7466832747461: /* @__PURE__ */ __name(function(e, t, n, r) {
    var a = ne(n, r);
    i.__wbindgen_free(n, r * 4, 4), e.acceptWebSocket(t, a);
  }, "__wbg_acceptWebSocket_fdf7466832747461"), __wbg_accept_22c0962bedc3a5e7: /* @__PURE__ */ __name(function(e) {
    e.accept();
  }, "__wbg_accept_22c0962bedc3a5e7"), __wbg_arrayBuffer_aa7cad37be6e6b29: /* @__PURE__ */ __name(function(e) {
    return e.arrayBuffer();
  }, "__wbg_arrayBuffer_aa7cad37be6e6b29"), __wbg_body_4792166cb351f162: /* @__PURE__ */ __name(function(e) {
    let t = e.body;
    return b(t) ? 0 : d(t);
  }, "__wbg_body_4792166cb351f162"), __wbg_body_4e088733babc630d: /* @__PURE__ */ __name(function(e) {
    let t = e.body;
    return b(t) ? 0 : d(t);
  }, "__wbg_body_4e088733babc630d"), __wbg_buffer_56ec2905a66f58b9: /* @__PURE__ */ __name(function(e) {
    return e.buffer;
  }, "__wbg_buffer_56ec2905a66f58b9"), __wbg_byobRequest_54f7ce41d584549a: /* @__PURE__ */ __name(function(e) {
    let t = e.byobRequest;
    return b(t) ? 0 : d(t);
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
    return b(t) ? 0 : d(t);
  }, "__wbg_cf_909bcfb212a8822c"), __wbg_cf_b47fe5ff6d015a0d: /* @__PURE__ */ __name(function(e) {
    let t = e.cf;
    return b(t) ? 0 : d(t);
  }, "__wbg_cf_b47fe5ff6d015a0d"), __wbg_clone_946565396b302dfb: /* @__PURE__ */ __name(function(e) {
    return e.clone();
  }, "__wbg_clone_946565396b302dfb"), __wbg_close_150f701b1a60e0ac: /* @__PURE__ */ __name(function(e, t, n, r) {
    e.close(t, h(n, r));
  }, "__wbg_close_150f701b1a60e0ac"), __wbg_close_185286988f30f252: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_185286988f30f252"), __wbg_close_748f26698dabe269: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_748f26698dabe269"), __wbg_close_905cac8d4bb85f6f: /* @__PURE__ */ __name(function(e, t) {
    e.close(t);
  }, "__wbg_close_905cac8d4bb85f6f"), __wbg_close_d3ed56b5763be5ae: /* @__PURE__ */ __name(function(e) {
    e.close();
  }, "__wbg_close_d3ed56b5763be5ae"), __wbg_constructor_076176ce0f386e16: /* @__PURE__ */ __name(function(e) {
    return e.constructor;
  }, "__wbg_constructor_076176ce0f386e16"), __wbg_deserializeAttachment_d347a2d94e6cd2dd: /* @__PURE__ */ __name(function(e) {
    return e.deserializeAttachment();
  }, "__wbg_deserializeAttachment_d347a2d94e6cd2dd"), __wbg_done_b41a1d26cdb37fb6: /* @__PURE__ */ __name(function(e) {
    return e.done;
  }, "__wbg_done_b41a1d26cdb37fb6"), __wbg_enqueue_4a01c128f9a0de16: /* @__PURE__ */ __name(function(e, t) {
    e.enqueue(t);
  }, "__wbg_enqueue_4a01c128f9a0de16"), __wbg_entries_b55ec7e0dc443355: /* @__PURE__ */ __name(function(e) {
    return e.entries();
  }, "__wbg_entries_b55ec7e0dc443355"), __wbg_error_a30e98d44009f1bb: /* @__PURE__ */ __name(function(e, t) {
    console.error(e, t);
  }, "__wbg_error_a30e98d44009f1bb"), __wbg_error_c9cf3fc2064683a9: /* @__PURE__ */ __name(function(e) {
    console.error(e);
  }, "__wbg_error_c9cf3fc2064683a9"), __wbg_fetch_ae9b55b3c1c0b596: /* @__PURE__ */ __name(function(e, t) {
    return e.fetch(t);
  }, "__wbg_fetch_ae9b55b3c1c0b596"), __wbg_fetch_feccdd6b31467948: /* @__PURE__ */ __name(function(e, t, n) {
    return e.fetch(h(t, n));
  }, "__wbg_fetch_feccdd6b31467948"), __wbg_getByName_88b6d54123310eb8: /* @__PURE__ */ __name(function(e, t, n) {
    return e.getByName(h(t, n));
  }, "__wbg_getByName_88b6d54123310eb8"), __wbg_getRandomValues_a608c4436c19407a: /* @__PURE__ */ __name(function(e, t) {
    globalThis.crypto.getRandomValues(A(e, t));
  }, "__wbg_getRandomValues_a608c4436c19407a"), __wbg_getReader_bf34f92ee19c42b4: /* @__PURE__ */ __name(function(e) {
    return e.getReader();
  }, "__wbg_getReader_bf34f92ee19c42b4"), __wbg_getTags_8acc26fb7a9cf1c0: /* @__PURE__ */ __name(function(e, t, n) {
    let r = t.getTags(n), a = D(r, i.__wbindgen_malloc), f = g;
    u().setInt32(e + 4, f, true), u().setInt32(e + 0, a, true);
  }, "__wbg_getTags_8acc26fb7a9cf1c0"), __wbg_getTime_f5a55efff2585d5d: /* @__PURE__ */ __name(function(e) {
    return e.getTime();
  }, "__wbg_getTime_f5a55efff2585d5d"), __wbg_getWebSockets_23a6ca37e30e4708: /* @__PURE__ */ __name(function(e, t) {
    let n = t.getWebSockets(), r = D(n, i.__wbindgen_malloc), a = g;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_getWebSockets_23a6ca37e30e4708"), __wbg_get_31af05bd4842a84f: /* @__PURE__ */ __name(function(e, t) {
    return Reflect.get(e, t);
  }, "__wbg_get_31af05bd4842a84f"), __wbg_get_6c896e0571ddae51: /* @__PURE__ */ __name(function(e, t) {
    return e[t >>> 0];
  }, "__wbg_get_6c896e0571ddae51"), __wbg_get_806853698d9fc227: /* @__PURE__ */ __name(function(e, t) {
    return Reflect.get(e, t >>> 0);
  }, "__wbg_get_806853698d9fc227"), __wbg_get_88983e33467eae60: /* @__PURE__ */ __name(function(e, t) {
    let n = Reflect.get(e, t);
    return b(n) ? 0 : d(n);
  }, "__wbg_get_88983e33467eae60"), __wbg_get_done_7020b91c987365c7: /* @__PURE__ */ __name(function(e) {
    let t = e.done;
    return b(t) ? 16777215 : t ? 1 : 0;
  }, "__wbg_get_done_7020b91c987365c7"), __wbg_get_f75619e20cb68514: /* @__PURE__ */ __name(function(e, t, n, r) {
    let a = t.get(h(n, r));
    var f = b(a) ? 0 : p(a, i.__wbindgen_malloc, i.__wbindgen_realloc), w = g;
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
  }, "__wbg_length_7f3c00c40364105e"), __wbg_log_17c30ef363c61cf4: /* @__PURE__ */ __name(function(e) {
    console.log(e);
  }, "__wbg_log_17c30ef363c61cf4"), __wbg_message_5f8387f0c32b90a7: /* @__PURE__ */ __name(function(e) {
    return e.message;
  }, "__wbg_message_5f8387f0c32b90a7"), __wbg_method_6d02ee0808a7de31: /* @__PURE__ */ __name(function(e, t) {
    let n = t.method, r = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), a = g;
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
    return new Error(h(e, t));
  }, "__wbg_new_343a093a3c2ffb4e"), __wbg_new_34e56228080aa9f8: /* @__PURE__ */ __name(function(e) {
    return new Date(e);
  }, "__wbg_new_34e56228080aa9f8"), __wbg_new_5502aad30c185fc8: /* @__PURE__ */ __name(function(e, t) {
    try {
      var n = { a: e, b: t }, r = /* @__PURE__ */ __name((f, w) => {
        let l = n.a;
        n.a = 0;
        try {
          return se(l, n.b, f, w);
        } finally {
          n.a = l;
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
    return new Uint8Array(A(e, t));
  }, "__wbg_new_from_slice_9a868026ffa4208a"), __wbg_new_with_byte_offset_and_length_2f5d7fc2a828b74d: /* @__PURE__ */ __name(function(e, t, n) {
    return new Uint8Array(e, t >>> 0, n >>> 0);
  }, "__wbg_new_with_byte_offset_and_length_2f5d7fc2a828b74d"), __wbg_new_with_length_3da0ad195f6f63ba: /* @__PURE__ */ __name(function(e) {
    return new Uint8Array(e >>> 0);
  }, "__wbg_new_with_length_3da0ad195f6f63ba"), __wbg_new_with_opt_buffer_source_and_init_c1b859a23c80afca: /* @__PURE__ */ __name(function(e, t) {
    return new Response(e, t);
  }, "__wbg_new_with_opt_buffer_source_and_init_c1b859a23c80afca"), __wbg_new_with_opt_readable_stream_and_init_df114f2d364f216d: /* @__PURE__ */ __name(function(e, t) {
    return new Response(e, t);
  }, "__wbg_new_with_opt_readable_stream_and_init_df114f2d364f216d"), __wbg_new_with_opt_str_and_init_33bef1b272950372: /* @__PURE__ */ __name(function(e, t, n) {
    return new Response(e === 0 ? void 0 : h(e, t), n);
  }, "__wbg_new_with_opt_str_and_init_33bef1b272950372"), __wbg_next_f4aac29c42af995c: /* @__PURE__ */ __name(function(e) {
    return e.next();
  }, "__wbg_next_f4aac29c42af995c"), __wbg_prototypesetcall_bc27214492979395: /* @__PURE__ */ __name(function(e, t, n) {
    Uint8Array.prototype.set.call(A(e, t), n);
  }, "__wbg_prototypesetcall_bc27214492979395"), __wbg_queueMicrotask_9833f9a49df95a49: /* @__PURE__ */ __name(function(e) {
    return e.queueMicrotask;
  }, "__wbg_queueMicrotask_9833f9a49df95a49"), __wbg_queueMicrotask_a72f977e97f23c5f: /* @__PURE__ */ __name(function(e) {
    queueMicrotask(e);
  }, "__wbg_queueMicrotask_a72f977e97f23c5f"), __wbg_read_2a943774344c9728: /* @__PURE__ */ __name(function(e) {
    return e.read();
  }, "__wbg_read_2a943774344c9728"), __wbg_readable_7c6bc793dd899969: /* @__PURE__ */ __name(function(e) {
    return e.readable;
  }, "__wbg_readable_7c6bc793dd899969"), __wbg_releaseLock_eb64cd83aa9fcfe4: /* @__PURE__ */ __name(function(e) {
    e.releaseLock();
  }, "__wbg_releaseLock_eb64cd83aa9fcfe4"), __wbg_resolve_0076e10020304ede: /* @__PURE__ */ __name(function(e) {
    return Promise.resolve(e);
  }, "__wbg_resolve_0076e10020304ede"), __wbg_respond_c102fabcc79e5ef0: /* @__PURE__ */ __name(function(e, t) {
    e.respond(t >>> 0);
  }, "__wbg_respond_c102fabcc79e5ef0"), __wbg_send_7780d530d761fca9: /* @__PURE__ */ __name(function(e, t) {
    e.send(t);
  }, "__wbg_send_7780d530d761fca9"), __wbg_serializeAttachment_1af0eaaee11b6cda: /* @__PURE__ */ __name(function(e, t) {
    e.serializeAttachment(t);
  }, "__wbg_serializeAttachment_1af0eaaee11b6cda"), __wbg_setAlarm_c5fe74baa2cbb03d: /* @__PURE__ */ __name(function(e, t, n) {
    return e.setAlarm(t, n);
  }, "__wbg_setAlarm_c5fe74baa2cbb03d"), __wbg_set_145a351398b48c65: /* @__PURE__ */ __name(function(e, t, n) {
    return Reflect.set(e, t, n);
  }, "__wbg_set_145a351398b48c65"), __wbg_set_575d3ddb70fe831d: /* @__PURE__ */ __name(function(e, t, n) {
    e.set(A(t, n));
  }, "__wbg_set_575d3ddb70fe831d"), __wbg_set_af5932e3f78b5648: /* @__PURE__ */ __name(function(e, t, n, r, a) {
    e.set(h(t, n), h(r, a));
  }, "__wbg_set_af5932e3f78b5648"), __wbg_set_headers_69ef7c46a2e6c742: /* @__PURE__ */ __name(function(e, t) {
    e.headers = t;
  }, "__wbg_set_headers_69ef7c46a2e6c742"), __wbg_set_instanceId_9ad5caac0a4e519c: /* @__PURE__ */ __name(function(e, t) {
    e.instanceId = t >>> 0;
  }, "__wbg_set_instanceId_9ad5caac0a4e519c"), __wbg_set_status_678f122cbe435d95: /* @__PURE__ */ __name(function(e, t) {
    e.status = t;
  }, "__wbg_set_status_678f122cbe435d95"), __wbg_static_accessor_GLOBAL_266715b9d96ba635: /* @__PURE__ */ __name(function() {
    let e = typeof global > "u" ? null : global;
    return b(e) ? 0 : d(e);
  }, "__wbg_static_accessor_GLOBAL_266715b9d96ba635"), __wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179: /* @__PURE__ */ __name(function() {
    let e = typeof globalThis > "u" ? null : globalThis;
    return b(e) ? 0 : d(e);
  }, "__wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179"), __wbg_static_accessor_INIT_STATE_e3fce2ad8a08e94e: /* @__PURE__ */ __name(function() {
    return N;
  }, "__wbg_static_accessor_INIT_STATE_e3fce2ad8a08e94e"), __wbg_static_accessor_SELF_0b583911f537483a: /* @__PURE__ */ __name(function() {
    let e = typeof self > "u" ? null : self;
    return b(e) ? 0 : d(e);
  }, "__wbg_static_accessor_SELF_0b583911f537483a"), __wbg_static_accessor_WINDOW_d7f903d1508cbdc4: /* @__PURE__ */ __name(function() {
    let e = typeof window > "u" ? null : window;
    return b(e) ? 0 : d(e);
  }, "__wbg_static_accessor_WINDOW_d7f903d1508cbdc4"), __wbg_status_ce0a98d3c57125f3: /* @__PURE__ */ __name(function(e) {
    return e.status;
  }, "__wbg_status_ce0a98d3c57125f3"), __wbg_storage_dbf440e5000527fe: /* @__PURE__ */ __name(function(e) {
    return e.storage;
  }, "__wbg_storage_dbf440e5000527fe"), __wbg_then_c949d5a25a4e78f8: /* @__PURE__ */ __name(function(e, t, n) {
    return e.then(t, n);
  }, "__wbg_then_c949d5a25a4e78f8"), __wbg_then_e71170d78fcf8954: /* @__PURE__ */ __name(function(e, t) {
    return e.then(t);
  }, "__wbg_then_e71170d78fcf8954"), __wbg_url_7bfada5c2297bc70: /* @__PURE__ */ __name(function(e, t) {
    let n = t.url, r = p(n, i.__wbindgen_malloc, i.__wbindgen_realloc), a = g;
    u().setInt32(e + 4, a, true), u().setInt32(e + 0, r, true);
  }, "__wbg_url_7bfada5c2297bc70"), __wbg_value_f3c585ee8f5ba40c: /* @__PURE__ */ __name(function(e) {
    return e.value;
  }, "__wbg_value_f3c585ee8f5ba40c"), __wbg_view_9c570f33e8d6ab96: /* @__PURE__ */ __name(function(e) {
    let t = e.view;
    return b(t) ? 0 : d(t);
  }, "__wbg_view_9c570f33e8d6ab96"), __wbg_waitUntil_db2bfc768dbc5391: /* @__PURE__ */ __name(function(e, t) {
    e.waitUntil(t);
  }, "__wbg_waitUntil_db2bfc768dbc5391"), __wbg_webSocket_2b7e8e9549bed673: /* @__PURE__ */ __name(function(e) {
    let t = e.webSocket;
    return b(t) ? 0 : d(t);
  }, "__wbg_webSocket_2b7e8e9549bed673"), __wbg_writable_a897472079c09078: /* @__PURE__ */ __name(function(e) {
    return e.writable;
  }, "__wbg_writable_a897472079c09078"), __wbindgen_generic_0000000000000001: /* @__PURE__ */ __name(function(e, t) {
    return Q(e, t, re);
  }, "__wbindgen_generic_0000000000000001"), __wbindgen_generic_0000000000000002: /* @__PURE__ */ __name(function(e, t) {
    return Q(e, t, ie);
  }, "__wbindgen_generic_0000000000000002"), __wbindgen_generic_0000000000000003: /* @__PURE__ */ __name(function(e) {
    return e;
  }, "__wbindgen_generic_0000000000000003"), __wbindgen_generic_0000000000000004: /* @__PURE__ */ __name(function(e, t) {
    return h(e, t);
  }, "__wbindgen_generic_0000000000000004"), __wbindgen_init_externref_table: /* @__PURE__ */ __name(function() {
    let e = i.__wbindgen_externrefs, t = e.grow(4);
    e.set(0, void 0), e.set(t + 0, void 0), e.set(t + 1, null), e.set(t + 2, true), e.set(t + 3, false);
  }, "__wbindgen_init_externref_table"), __wbindgen_jstag: WebAssembly.JSTag, __wbindgen_wrapped_jstag: S } };
}
__name(ee, "ee");
var S = new WebAssembly.Tag({ parameters: ["externref"] });
var C;
var B = false;
function te() {
  B = true;
  try {
    let _ = J()[i.__abort_handler.value / 4];
    _ && i.__wbindgen_export.get(_)();
  } catch {
  }
}
__name(te, "te");
function o(_) {
  throw _ instanceof WebAssembly.Exception && _.is(S) ? _.getArg(S, 0) : (J()[C] = 1, te(), _);
}
__name(o, "o");
function c() {
  if (C ??= i.__instance_terminated.value / 4, J()[C]) {
    if (B || te(), M) {
      $();
      return;
    }
    throw new Error("Module terminated");
  } else M && $();
}
__name(c, "c");
function re(_, e, t) {
  c();
  try {
    i.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___wasm_bindgen_c8cc91aff3067587___JsValue______true_(_, e, t);
  } catch (n) {
    o(n);
  }
}
__name(re, "re");
function ie(_, e, t) {
  let n;
  c();
  try {
    n = i.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___wasm_bindgen_c8cc91aff3067587___JsValue__core_bb3caaa56f9acc4f___result__Result_____wasm_bindgen_c8cc91aff3067587___JsError___true_(_, e, t);
  } catch (r) {
    o(r);
  }
  if (n[1]) throw ge(n[0]);
}
__name(ie, "ie");
function se(_, e, t, n) {
  c();
  try {
    i.wasm_bindgen_c8cc91aff3067587___convert__closures_____invoke___js_sys_766122d3d1ea0d90___Function__js_sys_766122d3d1ea0d90___Function______true_(_, e, t, n);
  } catch (r) {
    o(r);
  }
}
__name(se, "se");
var oe = ["bytes"];
var s = 0;
var ce = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_containerstartupoptions_free(_, 1);
});
var H = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_echoes_free(_, 1);
});
var ae = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_intounderlyingbytesource_free(_, 1);
});
var fe = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_intounderlyingsink_free(_, 1);
});
var be = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_intounderlyingsource_free(_, 1);
});
var ue = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_minifyconfig_free(_, 1);
});
var we = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_r2range_free(_, 1);
});
var G = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr: _, instance: e }) => {
  e === s && i.__wbg_sockets_free(_, 1);
});
function d(_) {
  let e = i.__externref_table_alloc();
  return i.__wbindgen_externrefs.set(e, _), e;
}
__name(d, "d");
var K = typeof FinalizationRegistry > "u" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry((_) => {
  _.instance === s && i.__wbindgen_destroy_closure(_.a, _.b);
});
function L(_) {
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
    r > 0 && (a += L(_[0]));
    for (let f = 1; f < r; f++) a += ", " + L(_[f]);
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
__name(L, "L");
function ne(_, e) {
  _ = _ >>> 0;
  let t = u(), n = [];
  for (let r = _; r < _ + 4 * e; r += 4) n.push(i.__wbindgen_externrefs.get(t.getUint32(r, true)));
  return i.__externref_drop_slice(_, e), n;
}
__name(ne, "ne");
function A(_, e) {
  return _ = _ >>> 0, W().subarray(_ / 1, _ / 1 + e);
}
__name(A, "A");
var y = null;
function u() {
  return (y === null || y.buffer.detached === true || y.buffer.detached === void 0 && y.buffer !== i.memory.buffer) && (y = new DataView(i.memory.buffer)), y;
}
__name(u, "u");
var j = null;
function J() {
  return (j === null || j.byteLength === 0) && (j = new Int32Array(i.memory.buffer)), j;
}
__name(J, "J");
function h(_, e) {
  return de(_ >>> 0, e);
}
__name(h, "h");
var F = null;
function W() {
  return (F === null || F.byteLength === 0) && (F = new Uint8Array(i.memory.buffer)), F;
}
__name(W, "W");
function b(_) {
  return _ == null;
}
__name(b, "b");
function Q(_, e, t) {
  let n = { a: _, b: e, cnt: 1, instance: s }, r = /* @__PURE__ */ __name((...a) => {
    if (n.instance !== s) throw new Error("Cannot invoke closure from previous WASM instance");
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
    --n.cnt === 0 && (i.__wbindgen_destroy_closure(n.a, n.b), n.a = 0, K.unregister(n));
  }, K.register(r, n, n), r;
}
__name(Q, "Q");
var P = class extends Error {
  static {
    __name(this, "P");
  }
};
Object.defineProperty(P.prototype, "name", { value: "PanicError" });
function D(_, e) {
  let t = e(_.length * 4, 4) >>> 0;
  for (let n = 0; n < _.length; n++) {
    let r = d(_[n]);
    u().setUint32(t + 4 * n, r, true);
  }
  return g = _.length, t;
}
__name(D, "D");
function p(_, e, t) {
  if (t === void 0) {
    let w = R.encode(_), l = e(w.length, 1) >>> 0;
    return W().subarray(l, l + w.length).set(w), g = w.length, l;
  }
  let n = _.length, r = e(n, 1) >>> 0, a = W(), f = 0;
  for (; f < n; f++) {
    let w = _.charCodeAt(f);
    if (w > 127) break;
    a[r + f] = w;
  }
  if (f !== n) {
    f !== 0 && (_ = _.slice(f)), r = t(r, n, n = f + _.length * 3, 1) >>> 0;
    let w = W().subarray(r + f, r + n), l = R.encodeInto(_, w);
    f += l.written, r = t(r, n, f, 1) >>> 0;
  }
  return g = f, r;
}
__name(p, "p");
var M = false;
function ge(_) {
  let e = i.__wbindgen_externrefs.get(_);
  return i.__externref_table_dealloc(_), e;
}
__name(ge, "ge");
var _e = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
_e.decode();
function de(_, e) {
  return _e.decode(W().subarray(_, _ + e));
}
__name(de, "de");
var R = new TextEncoder();
"encodeInto" in R || (R.encodeInto = function(_, e) {
  let t = R.encode(_);
  return e.set(t), { read: _.length, written: t.length };
});
var g = 0;
var V = new WebAssembly.Instance(X, ee());
var i = V.exports;
i.__wbindgen_start();
Error.stackTraceLimit = 100;
var q = Y();
var U = class extends he {
  static {
    __name(this, "U");
  }
};
U.prototype.fetch = function(e) {
  return Z.call(this, e, this.env, this.ctx);
};
var pe = { set: /* @__PURE__ */ __name((_, e, t, n) => Reflect.set(_.instance, e, t, n), "set"), has: /* @__PURE__ */ __name((_, e) => Reflect.has(_.instance, e), "has"), deleteProperty: /* @__PURE__ */ __name((_, e) => Reflect.deleteProperty(_.instance, e), "deleteProperty"), apply: /* @__PURE__ */ __name((_, e, t) => Reflect.apply(_.instance, e, t), "apply"), construct: /* @__PURE__ */ __name((_, e, t) => Reflect.construct(_.instance, e, t), "construct"), getPrototypeOf: /* @__PURE__ */ __name((_) => Reflect.getPrototypeOf(_.instance), "getPrototypeOf"), setPrototypeOf: /* @__PURE__ */ __name((_, e) => Reflect.setPrototypeOf(_.instance, e), "setPrototypeOf"), isExtensible: /* @__PURE__ */ __name((_) => Reflect.isExtensible(_.instance), "isExtensible"), preventExtensions: /* @__PURE__ */ __name((_) => Reflect.preventExtensions(_.instance), "preventExtensions"), getOwnPropertyDescriptor: /* @__PURE__ */ __name((_, e) => Reflect.getOwnPropertyDescriptor(_.instance, e), "getOwnPropertyDescriptor"), defineProperty: /* @__PURE__ */ __name((_, e, t) => Reflect.defineProperty(_.instance, e, t), "defineProperty"), ownKeys: /* @__PURE__ */ __name((_) => Reflect.ownKeys(_.instance), "ownKeys") };
var k = { construct(_, e, t) {
  let n = { instance: Reflect.construct(_, e, t), instanceId: q.instanceId, ctor: _, args: e, newTarget: t };
  return new Proxy(n, { ...pe, get(r, a, f) {
    return r.instanceId !== q.instanceId && (r.instance = Reflect.construct(r.ctor, r.args, r.newTarget), r.instanceId = q.instanceId), Reflect.get(r.instance, a, f);
  } });
} };
var Ee = new Proxy(U, k);
var xe = new Proxy(m, k);
var ke = new Proxy(v, k);
var je = new Proxy(I, k);
var Fe = new Proxy(E, k);
var Se = new Proxy(x, k);

// ../../../main/node_modules/wrangler/templates/middleware/middleware-ensure-req-body-drained.ts
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

// ../../../main/node_modules/wrangler/templates/middleware/middleware-miniflare3-json-error.ts
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

// .wrangler/tmp/bundle-Ggqmq4/middleware-insertion-facade.js
var __INTERNAL_WRANGLER_MIDDLEWARE__ = [
  middleware_ensure_req_body_drained_default,
  middleware_miniflare3_json_error_default
];
var middleware_insertion_facade_default = Ee;

// ../../../main/node_modules/wrangler/templates/middleware/common.ts
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

// .wrangler/tmp/bundle-Ggqmq4/middleware-loader.entry.ts
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
  xe as ContainerStartupOptions,
  ke as Echoes,
  je as MinifyConfig,
  Fe as R2Range,
  Se as Sockets,
  __INTERNAL_WRANGLER_MIDDLEWARE__,
  middleware_loader_entry_default as default
};
//# sourceMappingURL=index.js.map
