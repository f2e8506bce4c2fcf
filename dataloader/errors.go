package dataloader

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// ErrNotFound is what the load of a key that NewMapped's batch function has not returned is rejected with, in a
// *NotFoundError.
var ErrNotFound = errors.New("dataloader: not found")

// NotFoundError is an ErrNotFound that names the loader and the key.
type NotFoundError struct {
	Loader string
	Key    any
}

// Error names the loader and the key.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("dataloader: %s: key %v not found: the batch function's map has no such key", e.Loader, e.Key)
}

// Is makes errors.Is(err, ErrNotFound) true.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// Errors is what a batch function returns as its error when some keys failed and others did not: one a key, in the order of
// the keys, nil for a key that has a value. The values are then returned too, one a key, unless every key failed. A nil or
// empty one is no error; a length other than the number of keys rejects the batch.
type Errors []error

// perKey returns the Errors that err is or wraps. A nil or empty one is no error if it is all of err, as a batch function
// returns it that has declared one and had nothing to put into it. ok is false if err is an error of the whole batch.
func perKey(err error) (errs Errors, ok bool) {
	if err == nil {
		return nil, true
	}
	for e := err; e != nil; e = errors.Unwrap(e) { // and not into what was joined: the rest of that would be lost
		if errs, is := e.(Errors); is {
			if len(errs) > 0 {
				return errs, true
			}
			_, bare := err.(Errors)
			return nil, bare
		}
	}
	return nil, false
}

// Error says how many failed, and how the first did.
func (e Errors) Error() string {
	failed := e.Unwrap()
	if len(failed) == 0 {
		return fmt.Sprintf("dataloader: none of %d keys failed", len(e))
	}
	return fmt.Sprintf("dataloader: %d of %d keys failed, the first with: %v", len(failed), len(e), failed[0])
}

// Unwrap returns the errors that are not nil.
func (e Errors) Unwrap() []error {
	var failed []error
	for _, err := range e {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// all reports whether every key failed, so that no value is needed.
func (e Errors) all() bool {
	for _, err := range e {
		if err == nil {
			return false
		}
	}
	return len(e) > 0
}

// BatchError is what the loads of a batch are rejected with when the whole batch failed: the batch function returned an
// error, panicked or called runtime.Goexit, or Run's ctx ended first. errors.Is and errors.As see through it.
type BatchError struct {
	Loader string
	Keys   any // the []K of the batch
	Err    error
}

// Error names the loader and the keys.
func (e *BatchError) Error() string {
	return fmt.Sprintf("dataloader: %s: batch of %s failed: %v", e.Loader, describe(e.Keys), e.Err)
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

// BatchSizeError is what the loads of a batch are rejected with when the batch function did not return one value, or one
// error, for each key.
type BatchSizeError struct {
	Loader string
	Keys   any    // the []K of the batch
	What   string // "values" or "errors"
	Want   int    // how many keys there were
	Got    int    // how many there were of What
}

// Error names the loader, the keys, both lengths and the remedy.
func (e *BatchSizeError) Error() string {
	return fmt.Sprintf("dataloader: %s: the batch function returned %d %s for %s; "+
		"it must return exactly one for each key, in the order of the keys (NewMapped takes a map in place of that)",
		e.Loader, e.Got, e.What, describe(e.Keys))
}

func (b *batch[K, V]) sizeError(what string, got int) error {
	return &BatchSizeError{Loader: b.loader.Name(), Keys: b.keys(), What: what, Want: len(b.entries), Got: got}
}

// describe prints the number of keys and the first few.
func describe(keys any) string {
	const few = 10
	v := reflect.ValueOf(keys)
	var b strings.Builder
	if v.Len() == 1 {
		b.WriteString("1 key [")
	} else {
		fmt.Fprintf(&b, "%d keys [", v.Len())
	}
	for i := range min(v.Len(), few) {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, v.Index(i))
	}
	if v.Len() > few {
		b.WriteString(" …")
	}
	b.WriteByte(']')
	return b.String()
}
