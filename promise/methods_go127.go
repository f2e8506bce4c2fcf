//go:build go1.27

package promise

// Since Go 1.27 a method may have type parameters of its own, so these change the type along a chain:
//
//	users.Load(1).Then(bestFriend).Map(name)
//
// methods_go126.go has the same methods for older releases, where a callback keeps the type. What compiles there compiles
// here, but for p.Then(nil), a method value such as f := p.Then, and an interface that asks for Then.

// Then is the function Then as a method. It may be called on the loop's goroutine only.
func (p *Promise[T]) Then[U any](fn func(T) *Promise[U]) *Promise[U] { return Then(p, fn) }

// Map is the function Map as a method. It may be called on the loop's goroutine only.
func (p *Promise[T]) Map[U any](fn func(T) (U, error)) *Promise[U] { return Map(p, fn) }

// Handle is the function Handle as a method. It may be called on the loop's goroutine only.
func (p *Promise[T]) Handle[U any](fn func(T, error) *Promise[U]) *Promise[U] { return Handle(p, fn) }
