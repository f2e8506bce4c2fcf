package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpread(t *testing.T) {
	tests := map[string]struct {
		measured []float64
		want     Spread
	}{
		"one":                      {[]float64{7}, Spread{7, 7, 7}},
		"five, not in order":       {[]float64{5, 1, 4, 2, 3}, Spread{2, 3, 4}},
		"four: between two":        {[]float64{1, 2, 3, 4}, Spread{1.75, 2.5, 3.25}},
		"one that is far off":      {[]float64{10, 11, 12, 13, 9_999}, Spread{11, 12, 13}},
		"two":                      {[]float64{1, 3}, Spread{1.5, 2, 2.5}},
		"all the same, many times": {[]float64{2, 2, 2, 2, 2, 2, 2, 2, 2}, Spread{2, 2, 2}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, spreadOf(test.measured)) })
	}
}
