package promise

import (
	"errors"
	"fmt"
	"strings"

	"github.com/batchtick/batchtick/scheduler"
)

var (
	// ErrCycle rejects a promise that was told to follow itself, straight or in a circle (A+ 2.3.1).
	ErrCycle = errors.New("promise: a promise can't follow itself, straight or in a circle: it would stay pending for ever")

	// ErrNilReason stands in for the nil with which a promise was rejected.
	ErrNilReason = errors.New("promise: rejected with a nil error; reject with the error that says why")

	// ErrNilPromise rejects a promise whose callback returned a nil promise to follow, or a combinator with a nil member.
	ErrNilPromise = errors.New("promise: nil promise to follow; return one, for instance promise.Resolve(s, v), or use Map for a plain value")

	// ErrNilCallback rejects a promise whose nil callback would have had to change the type of the value.
	ErrNilCallback = errors.New("promise: nil callback")

	// ErrNoPromises rejects the Race of no promises, which in JavaScript stays pending for ever.
	ErrNoPromises = errors.New("promise: the race of no promises has no winner; give Race one at least")

	// ErrForeign rejects a promise that follows one of another scheduler, when nobody runs that scheduler.
	ErrForeign = errors.New("promise: it follows a promise of another scheduler that nobody runs; " +
		"run that scheduler in a goroutine of its own until it has settled, or make the promise on this one")

	// ErrTimeout is the reason of Timeout. errors.Is(ErrTimeout, context.DeadlineExceeded) is true.
	ErrTimeout error = timeoutError{}

	// ErrGoexit is the reason of a promise whose function called runtime.Goexit, as t.FailNow does.
	ErrGoexit = scheduler.ErrGoexit
)

// PanicError is the reason of a promise whose callback panicked. Unwrap gives the panic's value if that is an error.
type PanicError = scheduler.PanicError

// UnhandledError is what Run returns when rejections were left that nobody had reacted to.
type UnhandledError = scheduler.UnhandledError

// AggregateError is the reason of Any when every one of its promises was rejected. errors.Is and errors.As see through it.
// (ECMAScript's AggregateError.)
type AggregateError struct {
	Errors []error // in the order of Any's arguments
}

// Error lists the errors.
func (e *AggregateError) Error() string {
	if len(e.Errors) == 0 {
		return "promise: Any of no promises: none can be fulfilled"
	}
	texts := make([]string, 0, len(e.Errors))
	for _, err := range e.Errors {
		texts = append(texts, err.Error())
	}
	return fmt.Sprintf("promise: all %d promises were rejected: %s", len(e.Errors), strings.Join(texts, "; "))
}

// Unwrap returns the errors.
func (e *AggregateError) Unwrap() []error { return e.Errors }
