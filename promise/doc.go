// Package promise is a generic Promise on an explicit event loop: Python's promise library, and JavaScript's semantics, in
// Go.
//
//	s := scheduler.New()
//	name := promise.Map(users.Load(1), func(u User) (string, error) { return u.Name, nil })
//	err := s.Run(ctx)
//
// A promise is pending, then settled once: fulfilled with a value or rejected with an error. Then, Map, Catch and the
// others register what happens next and return a promise for that. No callback ever runs inside the call that registers or
// settles it: it is queued, and Run calls it, in the order of settling, on one goroutine. Callbacks that share data need no
// lock.
//
// Everything here belongs to the loop's goroutine (see package scheduler); the functions that may be called from others
// say so.
//
// A rejection is never lost: one that nobody has reacted to by the end of Run is in Run's error. A callback that panics
// rejects its promise with a *PanicError.
package promise
