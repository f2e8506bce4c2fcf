package trace

import (
	"strings"
	"unicode"
)

// cells returns how many columns of a terminal s takes: two for a wide rune, none for one that combines with the rune before.
func cells(s string) (n int) {
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

// wide has the runes that take two columns: the blocks of East Asian scripts and of emoji, from Unicode's EastAsianWidth.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1},
		{0x2e80, 0x303e, 1},
		{0x3041, 0x33ff, 1},
		{0x3400, 0x4dbf, 1},
		{0x4e00, 0x9fff, 1},
		{0xa000, 0xa4cf, 1},
		{0xa960, 0xa97f, 1},
		{0xac00, 0xd7a3, 1},
		{0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1},
		{0xff00, 0xff60, 1},
		{0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x1f300, 0x1f64f, 1},
		{0x1f680, 0x1f6ff, 1},
		{0x1f900, 0x1faff, 1},
		{0x20000, 0x3fffd, 1},
	},
}

func cellsOf(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	default:
		return 1
	}
}

// fit returns s in exactly n columns, with an ellipsis if it is longer.
func fit(s string, n int, ellipsis string) string {
	if cells(s) > n {
		room := max(0, n-cells(ellipsis))
		var short strings.Builder
		used := 0
		for _, r := range s {
			if used+cellsOf(r) > room {
				break
			}
			used += cellsOf(r)
			short.WriteRune(r)
		}
		s = short.String() + ellipsis
	}
	return s + strings.Repeat(" ", max(0, n-cells(s)))
}
