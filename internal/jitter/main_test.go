package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A jitter that shakes nothing would pass every test that is run with it.
func TestEveryStatementIsShaken(t *testing.T) {
	shaken, err := shake([]byte(`package p

func f(c chan int) int { // a comment stays
	switch n := <-c; {
	case n > 0:
		go func() { c <- n }()
	default:
	}
	select {
	case c <- 1:
		return 1
	}
}
`))
	require.NoError(t, err)
	require.Equal(t, `package p

func f(c chan int) int { // a comment stays
	jitter(); switch n := <-c; {
	case n > 0:
		jitter(); go func() { jitter(); c <- n }()
	default:
	}
	jitter(); select {
	case c <- 1:
		jitter(); return 1
	}
}
`, string(shaken))
}
