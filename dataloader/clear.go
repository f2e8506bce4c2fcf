package dataloader

// Clear forgets key, so that the next Load asks for it again: call it after a write. A load of key that waits for the tick
// end stays as fresh as that, so it is not sent twice. It returns the loader. (Python's clear.)
func (l *KeyedLoader[K, V]) Clear(key K) *KeyedLoader[K, V] {
	if l.cache != nil {
		l.indexQueue()
		if len(l.quiet) > 0 {
			if p, ok := l.cache.Get(key); ok {
				delete(l.quiet, p)
			}
		}
		l.cache.Delete(key)
	}
	return l
}

// ClearAll forgets every key. It empties the cache and does not replace it. It returns the loader. (Python's clear_all.)
func (l *KeyedLoader[K, V]) ClearAll() *KeyedLoader[K, V] {
	if l.cache != nil {
		l.indexQueue()
		clear(l.quiet)
		l.cache.Clear()
	}
	return l
}

// indexQueue makes the index of the queue, if there is a queue to index. From then on the queue is apart from the table,
// which is about to forget some of it.
func (l *KeyedLoader[K, V]) indexQueue() {
	if l.index != nil || l.queued == 0 {
		return
	}
	queue, n := l.queue(), l.queued
	l.emptyQueue()
	l.rest, l.queued = queue, n
	index := l.blank.empty()
	for _, e := range queue {
		index.Set(e.key, e.own.Promise())
	}
	l.index, l.direct = index, false
}

// Clear is KeyedLoader.Clear.
func (l *Loader[K, V]) Clear(key K) *Loader[K, V] {
	l.KeyedLoader.Clear(key)
	return l
}

// ClearAll is KeyedLoader.ClearAll.
func (l *Loader[K, V]) ClearAll() *Loader[K, V] {
	l.KeyedLoader.ClearAll()
	return l
}
