package aplus

import (
	"reflect"

	"github.com/dop251/goja"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// jsPromise is the promise under test: the values that it passes on are JavaScript's.
type jsPromise = promise.Promise[goja.Value]

// adapter makes JavaScript objects of Go promises.
type adapter struct {
	vm        *goja.Runtime
	loop      *scheduler.Scheduler
	prototype *goja.Object // has the then of every promise
	cycle     *goja.Object // the TypeError that stands for promise.ErrCycle; see reason.go
}

func newAdapter(vm *goja.Runtime, loop *scheduler.Scheduler) *adapter {
	a := &adapter{vm: vm, loop: loop, prototype: vm.NewObject()}
	must(a.prototype.Set("then", a.then))
	return a
}

// object is what the suite calls its adapter.
func (a *adapter) object() *goja.Object {
	o := a.vm.NewObject()
	must(o.Set("resolved", func(call goja.FunctionCall) goja.Value { return a.wrap(a.resolution(call.Argument(0))) }))
	must(o.Set("rejected", func(call goja.FunctionCall) goja.Value {
		return a.wrap(promise.Reject[goja.Value](a.loop, &thrown{call.Argument(0)}))
	}))
	must(o.Set("deferred", func(goja.FunctionCall) goja.Value { return a.deferred() }))
	return o
}

// deferred makes a pending promise and the functions that settle it.
func (a *adapter) deferred() *goja.Object {
	p, r := promise.WithResolvers[goja.Value](a.loop)
	o := a.vm.NewObject()
	must(o.Set("promise", a.wrap(p)))
	must(o.Set("resolve", a.resolver(r)))
	must(o.Set("reject", rejecter(r)))
	return o
}

// then is A+ 2.2. Which of the two arguments are functions decides nothing but which of Go's functions is called.
func (a *adapter) then(call goja.FunctionCall) goja.Value {
	p := unwrap(call.This)
	if p == nil {
		panic(a.vm.NewTypeError("then was called on something that is not a promise"))
	}
	onFulfilled, hasFulfilled := goja.AssertFunction(call.Argument(0))
	onRejected, hasRejected := goja.AssertFunction(call.Argument(1))
	fulfilled := func(value goja.Value) *jsPromise { return a.call(onFulfilled, value) }
	rejected := func(err error) *jsPromise { return a.call(onRejected, a.reason(err)) }

	switch {
	case hasFulfilled && hasRejected:
		return a.wrap(p.Handle(func(value goja.Value, err error) *jsPromise {
			if err != nil {
				return rejected(err)
			}
			return fulfilled(value)
		}))
	case hasFulfilled:
		return a.wrap(p.Then(fulfilled))
	case hasRejected:
		return a.wrap(p.Catch(rejected))
	default:
		return a.wrap(promise.Handle[goja.Value, goja.Value](p, nil))
	}
}

// call calls a callback of then. It throws in the way in which goja has Go code throw, with a panic of the value, and so
// A+ 2.2.7.2 is Go's to fulfil: a callback that panics rejects its promise.
func (a *adapter) call(fn goja.Callable, arg goja.Value) *jsPromise {
	x, err := fn(goja.Undefined(), arg) // 2.2.5: no this
	if err != nil {
		panic(exception(err))
	}
	return a.resolution(x)
}

// box holds a promise inside a JavaScript object, where no JavaScript can reach it.
type box struct{ p *jsPromise }

var boxType = reflect.TypeFor[*box]()

// wrap makes the JavaScript object of p. It is called once for each promise, where that is made, and so the object's
// identity is the promise's.
func (a *adapter) wrap(p *jsPromise) *goja.Object {
	o := a.vm.ToValue(&box{p}).(*goja.Object)
	must(o.SetPrototype(a.prototype))
	return o
}

// unwrap returns the promise in v, or nil if there is none. It asks for the type first, because to export any other object
// would call its getters.
func unwrap(v goja.Value) *jsPromise {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType() != boxType {
		return nil
	}
	return o.Export().(*box).p
}

// must is for calls that can't fail, such as to set a property of a new object.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
