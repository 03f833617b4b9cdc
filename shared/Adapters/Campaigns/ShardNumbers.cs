using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>The numbers of a shard's recipients, in order. Eight bytes each, never changes.</summary>
public sealed class ShardNumbers
{
    private readonly long[] _numbers;
    private readonly int[] _rows;

    /// <param name="numbers">In order.</param>
    /// <param name="rows">The index of each row's first recipient.</param>
    internal ShardNumbers(long[] numbers, int[] rows) => (_numbers, _rows) = (numbers, rows);

    /// <summary>What there is of a shard that is not there.</summary>
    public static ShardNumbers None { get; } = new([], []);

    /// <summary>How many there are; 0 when there is no such shard.</summary>
    public int Count => _numbers.Length;

    /// <summary>The number at an index, made anew at each call.</summary>
    public PhoneNumber this[int index] => CompactNumber.ToPhoneNumber(_numbers[index]);

    /// <summary>A number's index; -1 when it is not in the shard.</summary>
    public int IndexOf(PhoneNumber number) => IndexOf(number.Value);

    /// <summary>The index of a number in E.164; -1 when it is not in the shard, or no number. Does not allocate.</summary>
    public int IndexOf(ReadOnlySpan<char> e164) => CompactNumber.TryParse(e164, out var number) ? Math.Max(Array.BinarySearch(_numbers, number), -1) : -1;

    /// <summary>The index of the first number behind one, which need not be in the shard.</summary>
    internal int FirstAfter(PhoneNumber number)
    {
        var found = Array.BinarySearch(_numbers, CompactNumber.Of(number));
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Which row a recipient is in.</summary>
    internal int RowOf(int index) => Array.BinarySearch(_rows, index) is var found && found >= 0 ? found : ~found - 1;

    /// <summary>The index of a row's first recipient.</summary>
    internal int FirstOf(int row) => _rows[row];
}
