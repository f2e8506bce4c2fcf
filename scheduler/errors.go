package scheduler

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// ErrStalled says that the loop has nothing left to do while something is still awaited: nobody will ever settle it.
// RunUntil returns it, as do promise.Await and an Async function's Await; errors.Is finds it in a *StalledError.
var ErrStalled = errors.New("scheduler: stalled")

// ErrNestedRun is returned by Run when it is called inside Run of the same scheduler, by one of its callbacks. To wait
// there for one promise use its Await, or RunUntil.
var ErrNestedRun = errors.New("scheduler: Run called inside Run of the same scheduler; " +
	"inside a callback wait for a promise with its Await, or with RunUntil")

// ErrGoexit is the error of an operation or callback that called runtime.Goexit, as t.FailNow and gomock do.
var ErrGoexit = errors.New("scheduler: the function called runtime.Goexit (did a test's FailNow run outside its own goroutine?)")

// ErrClosed is what Close ends operations and suspended Async functions with, and what a blocking call, such as promise.Call,
// returns after it.
var ErrClosed = errors.New("scheduler: closed before this was done; to wait for it, call Run")

// ErrGuestContext is returned by a blocking call, such as promise.Call, that a func of a Group makes with a ctx that does not
// come from the Group: the tick would wait for the func, and the func for the tick.
var ErrGuestContext = errors.New("scheduler: a func of a Group made a blocking call with a ctx that is not the one it was given; " +
	"with another it would wait for itself: use that one, or one derived from it")

// ErrNotDriven is returned by a blocking call, such as promise.Call, if for ten seconds nobody has been in Run or RunUntil who
// could serve it.
var ErrNotDriven = errors.New("scheduler: a blocking call that nobody serves: call Run, RunUntil or Group.Wait in another " +
	"goroutine meanwhile; on the goroutine that drives the loop itself use Await in place of the call")

// StalledError is an ErrStalled with what was waiting.
type StalledError struct {
	Suspended int      // Async functions suspended in Await
	Where     []string // the function and the line where each of the first few waits
	Calls     int      // goroutines that are blocked in a Visit, as in promise.Call
}

func (s *Scheduler) stalled() *StalledError {
	return &StalledError{Suspended: s.asleep.count, Where: s.whereSuspended(5), Calls: s.visits.count}
}

// Error says what was waiting, where, and what to do about it.
func (e *StalledError) Error() string {
	var waiting string
	switch e.Suspended {
	case 0:
	case 1:
		waiting = ", and 1 Async function is suspended in Await"
	default:
		waiting = fmt.Sprintf(", and %d Async functions are suspended in Await", e.Suspended)
	}
	if len(e.Where) > 0 {
		waiting += ": " + strings.Join(e.Where, ", ")
		if e.Suspended > len(e.Where) {
			waiting += ", …"
		}
	}
	if e.Calls > 0 {
		waiting += fmt.Sprintf(", and %d blocked in promise.Call", e.Calls)
	}
	return "scheduler: stalled: no job, operation, timer or hold is left, but what is awaited has not settled" + waiting +
		"; settle it, or take a Hold while another goroutine is going to Post it"
}

// Is makes errors.Is(err, ErrStalled) true.
func (e *StalledError) Is(target error) bool { return target == ErrStalled }

// PanicError is a panic that was caught: the rejection of the promise whose callback panicked.
type PanicError struct {
	Value any    // what panic was called with
	Stack []byte // the stack of the panic, as debug.Stack gives it
}

// NewPanicError wraps a recovered value with the stack of the panic. Call it in the deferred function that recovered.
func NewPanicError(recovered any) *PanicError {
	return &PanicError{Value: recovered, Stack: debug.Stack()}
}

// Error returns the panic's value; where it happened is in Stack.
func (e *PanicError) Error() string { return fmt.Sprintf("promise: panic in a callback: %v", e.Value) }

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// UnhandledError is what Run returns when promises were rejected and nobody had reacted by the time it ended. Python's
// promise drops these. errors.Is and errors.As see through it.
type UnhandledError struct {
	Errors []error // each distinct error once, in the order in which they were found
}

// Error lists the errors.
func (e *UnhandledError) Error() string {
	var b strings.Builder
	if len(e.Errors) == 1 {
		b.WriteString("promise: unhandled rejection: ")
	} else {
		fmt.Fprintf(&b, "promise: %d unhandled rejections: ", len(e.Errors))
	}
	for i, err := range e.Errors {
		if i == 10 {
			fmt.Fprintf(&b, "; and %d more", len(e.Errors)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	b.WriteString(" (react to each with Catch, Recover, Handle, Done or Await)")
	return b.String()
}

// Unwrap returns the errors.
func (e *UnhandledError) Unwrap() []error { return e.Errors }

func wrongGoroutine(method string) string {
	return "scheduler: " + method + " called from another goroutine while Run is waiting; " +
		"use Post, which any goroutine may call (with Hold, so that Run waits for it)"
}
