package aplus

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/batchtick/batchtick/promise"
)

// thrown carries a JavaScript reason, which may be any value at all, through Go as an error.
type thrown struct{ value goja.Value }

// Error describes the value. It is for people; the suite gets the value itself.
func (t *thrown) Error() string { return "thrown in JavaScript: " + t.value.String() }

// exception returns what a JavaScript function has thrown. Anything else that ends one, such as a stack overflow, is not
// the suite's doing and must not look like a rejection.
func exception(err error) goja.Value {
	var ex *goja.Exception
	if !errors.As(err, &ex) {
		panic(err)
	}
	return ex.Value()
}

// javaScript returns the JavaScript value that err carries, if it does.
func javaScript(err error) (goja.Value, bool) {
	var t *thrown
	if errors.As(err, &t) {
		return t.value, true
	}
	var panicked *promise.PanicError
	if errors.As(err, &panicked) {
		value, ok := panicked.Value.(goja.Value)
		return value, ok
	}
	return nil, false
}

// reason is err as onRejected is to see it: the very value that was thrown, or for an error that comes from Go an Error.
// ErrCycle is the only one with another name in A+, which wants a TypeError (2.3.1). That is one object for all, since
// reactions to one promise must see one reason.
func (a *adapter) reason(err error) goja.Value {
	if value, ok := javaScript(err); ok {
		return value
	}
	if !errors.Is(err, promise.ErrCycle) {
		return a.vm.NewGoError(err)
	}
	if a.cycle == nil {
		a.cycle = a.vm.NewTypeError(err.Error())
	}
	return a.cycle
}
