//go:build !go1.27

package promise

// Before Go 1.27 a method can't have type parameters of its own, so these keep the type; to change it use the functions
// Then, Map and Handle. methods_go127.go has the same methods without that limit.

// Then is the function Then as a method, for a callback that keeps the type. It may be called on the loop's goroutine only.
func (p *Promise[T]) Then(fn func(T) *Promise[T]) *Promise[T] { return Then(p, fn) }

// Map is the function Map as a method, for a callback that keeps the type. It may be called on the loop's goroutine only.
func (p *Promise[T]) Map(fn func(T) (T, error)) *Promise[T] { return Map(p, fn) }

// Handle is the function Handle as a method, for a callback that keeps the type. It may be called on the loop's goroutine
// only.
func (p *Promise[T]) Handle(fn func(T, error) *Promise[T]) *Promise[T] { return Handle(p, fn) }
