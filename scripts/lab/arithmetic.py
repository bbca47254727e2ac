# SPDX-License-Identifier: GPL-2.0
"""The lab's arithmetic. Pure functions: make test checks them
(scripts/lab/selftest)."""
import math


def percentile(values, p):
    """Linear between the two nearest, which may be infinite; p from 0 to 100."""
    if not values:
        return None
    ordered = sorted(values)
    at = (len(ordered) - 1) * p / 100
    low = int(at)
    if at == low or ordered[low] == ordered[low + 1]:
        return ordered[low]
    high = low + 1
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def median(values):
    return percentile(values, 50)


def confidence(n, k):
    """How likely the true median lies between the kth least and the kth greatest
    of n independent values, whatever they are distributed like."""
    return 1 - 2 * sum(math.comb(n, i) for i in range(k)) / 2 ** n


def interval(values, level=0.9):
    """The shortest of these intervals that is at least so likely to hold the true
    median; of fewer than five values the longest, which is less likely to."""
    n = len(values)
    if n < 2:
        return None
    k = max([k for k in range(1, n // 2 + 1) if confidence(n, k) >= level], default=1)
    ordered = sorted(values)
    return ordered[k - 1], ordered[n - k]


def ratio(value, base):
    """Nothing over nothing is as much."""
    if base:
        return value / base
    return float("inf") if value else 1


def jain(shares):
    """Jain's index: 1 when all are equal, 1/n when one has all."""
    squares = sum(x * x for x in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0


def mean_over_time(points, begin, end):
    """The mean of a value that holds from its time to the next; [(time, value)]."""
    area = covered = 0
    for (time, value), (after, _) in zip(points, points[1:] + [(end, None)]):
        low, high = max(time, begin), min(after, end)
        if high > low:
            area += value * (high - low)
            covered += high - low
    return area / covered if covered else None


def mbits(count, us):
    """Bytes in microseconds, as Mbit/s."""
    return count * 8 / us if us else 0


def cubic_window(p, rtt):
    """RFC 9438, section 5.2, figure 5 (C = 0.4), at least Reno's: packets."""
    return max(1.054 * (rtt / p) ** 0.75, reno_window(p))


def reno_window(p):
    """RFC 9438, section 5.2: the window of Reno, packets."""
    return 1.2 / p ** 0.5
