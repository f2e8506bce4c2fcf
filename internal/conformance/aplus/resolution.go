package aplus

import (
	"github.com/dop251/goja"

	"github.com/batchtick/batchtick/promise"
)

// This file is what A+ calls the promise resolution procedure (2.3), as far as it can't be Go's because a thenable is an
// idea of JavaScript: to tell promises, thenables and values apart, and to call a thenable's then. What a promise does with
// the answer is left to Go, and so are 2.3.1 (itself), 2.3.2 (another promise) and 2.3.3.3.3 (the first call wins).

// resolution is the promise that a callback has to return to Go when JavaScript's callback has returned x. If x is one of
// our promises it is that very one (2.3.2): Go must find out by itself that a promise was told to follow itself (2.3.1).
func (a *adapter) resolution(x goja.Value) *jsPromise {
	if p := a.adopted(x); p != nil {
		return p
	}
	return promise.Resolve(a.loop, x) // 2.3.4
}

// resolver is resolve, or A+'s resolvePromise: it hands every call on, for it is r that lets the first one win.
func (a *adapter) resolver(r promise.Resolver[goja.Value]) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		x := call.Argument(0)
		if p := a.adopted(x); p != nil {
			r.Follow(p)
		} else {
			r.Resolve(x)
		}
		return goja.Undefined()
	}
}

// rejecter is reject, or A+'s rejectPromise.
func rejecter(r promise.Resolver[goja.Value]) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		r.Reject(&thrown{call.Argument(0)})
		return goja.Undefined()
	}
}

// adopted returns the promise whose fate x stands for: x itself, or one that the thenable x settles. It returns nil if x is
// a plain value.
func (a *adapter) adopted(x goja.Value) *jsPromise {
	if p := unwrap(x); p != nil {
		return p
	}
	object, ok := x.(*goja.Object) // a function is one too
	if !ok {
		return nil
	}
	var property goja.Value
	if ex := a.vm.Try(func() { property = object.Get("then") }); ex != nil { // once only, and a getter may throw (2.3.3.2)
		return promise.Reject[goja.Value](a.loop, &thrown{ex.Value()})
	}
	then, ok := goja.AssertFunction(property)
	if !ok {
		return nil // 2.3.3.4
	}
	p, r := promise.WithResolvers[goja.Value](a.loop)
	_, err := then(x, a.vm.ToValue(a.resolver(r)), a.vm.ToValue(rejecter(r)))
	if err != nil {
		r.Reject(&thrown{exception(err)}) // ignored by r if then has called one of the two before (2.3.3.3.4)
	}
	return p
}
