package dataloader

import (
	"fmt"

	"github.com/batchtick/batchtick/promise"
)

// Prime gives the cache the value of key, unless it has key already: Prime never overwrites, so to replace a value Clear
// the key first. Without a cache it does nothing. It returns the loader. (Python's prime.)
func (l *KeyedLoader[K, V]) Prime(key K, value V) *KeyedLoader[K, V] {
	return l.prime(key, func() *promise.Promise[V] { return promise.Resolve(l.s, value) })
}

// PrimeError is Prime with an error: a Load of key will be rejected with it. Until somebody loads key, nobody needs to
// handle it. It returns the loader. (Python's prime with an Exception.)
func (l *KeyedLoader[K, V]) PrimeError(key K, err error) *KeyedLoader[K, V] {
	return l.prime(key, func() *promise.Promise[V] {
		if err == nil {
			err = promise.ErrNilReason
		}
		p := promise.Reject[V](l.s, err)
		p.Done(nil, func(error) {}) // handled, until a Load gives it out
		if l.quiet == nil {
			l.quiet, l.direct = map[*promise.Promise[V]]error{}, false
		}
		l.quiet[p] = err
		return p
	})
}

// PrimePromise is Prime with a promise, pending or settled. One of another scheduler is bridged. It returns the loader.
func (l *KeyedLoader[K, V]) PrimePromise(key K, p *promise.Promise[V]) *KeyedLoader[K, V] {
	if p == nil {
		panic(fmt.Sprintf("dataloader: %s: PrimePromise of key %v: nil promise; use Prime for a value", l.Name(), key))
	}
	return l.prime(key, func() *promise.Promise[V] {
		if p.Scheduler() == l.s {
			return p
		}
		local, r := promise.WithResolvers[V](l.s)
		r.Follow(p)
		return local
	})
}

func (l *KeyedLoader[K, V]) prime(key K, entry func() *promise.Promise[V]) *KeyedLoader[K, V] {
	if l.cache != nil {
		if p, ok := l.cache.Get(key); !ok || p == nil {
			l.cache.Set(key, entry())
		}
	}
	return l
}

// unquiet gives out a cached promise. One that PrimeError made is replaced on its first load by one that must be handled.
func (l *KeyedLoader[K, V]) unquiet(key K, p *promise.Promise[V]) *promise.Promise[V] {
	err, quiet := l.quiet[p]
	if !quiet {
		return p
	}
	delete(l.quiet, p)
	loud := promise.Reject[V](l.s, err)
	l.cache.Set(key, loud)
	return loud
}

// Prime is KeyedLoader.Prime.
func (l *Loader[K, V]) Prime(key K, value V) *Loader[K, V] {
	l.KeyedLoader.Prime(key, value)
	return l
}

// PrimeError is KeyedLoader.PrimeError.
func (l *Loader[K, V]) PrimeError(key K, err error) *Loader[K, V] {
	l.KeyedLoader.PrimeError(key, err)
	return l
}

// PrimePromise is KeyedLoader.PrimePromise.
func (l *Loader[K, V]) PrimePromise(key K, p *promise.Promise[V]) *Loader[K, V] {
	l.KeyedLoader.PrimePromise(key, p)
	return l
}
