package dataloader

import "github.com/batchtick/batchtick/promise"

// Cache is where a loader keeps the promises that it has given out, pending ones included. The default is a map. One of
// your own may limit its size; what it forgets is loaded again. Its methods are called on the loop's goroutine only. If one
// panics, the load that called it is rejected, and no other.
//
// A Cache belongs to one loader. Promises can't outlive their scheduler, so it can't be used to share values between
// requests: for that, cache inside the batch function.
type Cache[K, V any] interface {
	Get(key K) (p *promise.Promise[V], ok bool)
	Set(key K, p *promise.Promise[V])
	Delete(key K)
	Clear()
}

// mapCache is the default Cache, and the index of the queue where that needs one.
type mapCache[K comparable, V any] map[K]*promise.Promise[V]

func newMapCache[K comparable, V any]() Cache[K, V] { return mapCache[K, V]{} }

func (m mapCache[K, V]) Get(key K) (*promise.Promise[V], bool) {
	p, ok := m[key]
	return p, ok
}

func (m mapCache[K, V]) Set(key K, p *promise.Promise[V]) { m[key] = p }
func (m mapCache[K, V]) Delete(key K)                     { delete(m, key) }
func (m mapCache[K, V]) Clear()                           { clear(m) }

// keyedCache is the default of NewKeyed: a mapCache under another key.
type keyedCache[K any, C comparable, V any] struct {
	mapCache[C, V]
	key func(K) C
}

func (k keyedCache[K, C, V]) Get(key K) (*promise.Promise[V], bool) {
	return k.mapCache.Get(k.key(key))
}
func (k keyedCache[K, C, V]) Set(key K, p *promise.Promise[V]) { k.mapCache.Set(k.key(key), p) }
func (k keyedCache[K, C, V]) Delete(key K)                     { k.mapCache.Delete(k.key(key)) }
