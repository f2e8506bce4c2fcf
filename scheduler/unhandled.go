package scheduler

import (
	"errors"
	"fmt"
	"reflect"
)

// Rejection is something that may turn out to be an error that nobody has seen: a rejected promise without a reaction.
type Rejection interface {
	// Unhandled returns the reason if it was rejected and nobody has reacted. final says that the answer can't change any
	// more except by a reaction; a rejection that is final without a reason is forgotten.
	Unhandled() (reason error, final bool)
}

// WithUnhandled has fn called for each error that Run would otherwise return in an *UnhandledError: on the loop's
// goroutine, at the end of Run, each distinct error once.
func WithUnhandled(fn func(error)) Option {
	if fn == nil {
		panic("scheduler: WithUnhandled(nil): give it the function that takes the errors")
	}
	return func(s *Scheduler) { s.onUnhandled = fn }
}

// Watch has r looked at when Run ends. It may be called from the loop's goroutine only.
func (s *Scheduler) Watch(r Rejection) {
	// A loop that lives long must not keep what was handled long ago: look through the list before it grows.
	if n := len(s.watched); n == cap(s.watched) && n >= 64 {
		kept := s.watched[:0]
		for _, w := range s.watched {
			if reason, final := w.Unhandled(); reason != nil || !final {
				kept = append(kept, w)
			}
		}
		clear(s.watched[len(kept):])
		s.watched = kept
		if len(kept) > n/2 {
			s.watched = append(make([]Rejection, 0, 2*n), kept...)
		}
	}
	s.watched = append(s.watched, r)
}

// only reports whether err says nothing but cause: of several errors that were joined, each does.
func only(err, cause error) bool {
	for err != nil {
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			errs := several.Unwrap()
			for _, e := range errs {
				if !only(e, cause) {
					return false
				}
			}
			return len(errs) > 0
		}
		if reflect.ValueOf(err).Comparable() && err == cause {
			return true
		}
		if is, ok := err.(interface{ Is(error) bool }); ok && is.Is(cause) {
			return true
		}
		err = errors.Unwrap(err)
	}
	return false
}

// Report adds err to what Run returns in an *UnhandledError: an error of something that has no promise to reject, such as a
// posted func that panicked. It may be called from the loop's goroutine only.
func (s *Scheduler) Report(err error) { s.failed = append(s.failed, err) }

// conclude makes Run's error of what drive returned and of what nobody has reacted to.
func (s *Scheduler) conclude(cause error) error {
	unhandled := s.unhandled(cause)
	switch {
	case unhandled == nil:
		return cause
	case cause == nil:
		return unhandled
	default:
		return fmt.Errorf("%w; %w", cause, unhandled)
	}
}

// unhandled takes the errors that nobody has reacted to, each once, but for those that only say that Run was cancelled. It
// gives them to WithUnhandled's func, or returns them.
func (s *Scheduler) unhandled(cause error) error {
	found := s.failed
	s.failed = nil
	pending := s.watched[:0]
	for _, w := range s.watched {
		reason, final := w.Unhandled()
		if reason != nil {
			found = append(found, reason)
		} else if !final {
			pending = append(pending, w)
		}
	}
	clear(s.watched[len(pending):])
	s.watched = pending

	if len(found) == 0 {
		return nil
	}
	seen := make(map[error]bool, len(found))
	distinct := found[:0]
	for _, err := range found {
		if cause != nil && only(err, cause) {
			continue
		}
		if reflect.ValueOf(err).Comparable() { // an error such as a slice type can't be a map's key
			if seen[err] {
				continue
			}
			seen[err] = true
		}
		distinct = append(distinct, err)
	}
	switch {
	case len(distinct) == 0:
		return nil
	case s.onUnhandled == nil:
		return &UnhandledError{Errors: distinct}
	}
	for _, err := range distinct {
		s.onUnhandled(err)
	}
	return nil
}
