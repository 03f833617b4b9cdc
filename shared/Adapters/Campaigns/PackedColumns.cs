using System.Buffers;
using System.IO.Compression;

namespace Serverless.Campaigns;

/// <summary>
/// Rows of numbers, packed for a binary property: each byte of a row in a column of its own, so that what hardly differs from row to row
/// stands together, and then compressed. A head of 10,000 recipients takes some 20 KB so instead of 200.
/// </summary>
internal static class PackedColumns
{
    private const byte Format = 1;
    private const int HeaderLength = 5;
    private const int FastestQuality = 1;
    private const int Window = 18;

    public static byte[] Pack(int rows, int width, SpanWriter write)
    {
        var plain = ArrayPool<byte>.Shared.Rent(rows * width);
        var packed = ArrayPool<byte>.Shared.Rent(HeaderLength + BrotliEncoder.GetMaxCompressedLength(rows * width));
        try
        {
            Span<byte> row = stackalloc byte[width];
            for (var i = 0; i < rows; i++)
            {
                write(i, row);
                for (var column = 0; column < width; column++) plain[(column * rows) + i] = row[column];
            }
            packed[0] = Format;
            BitConverter.TryWriteBytes(packed.AsSpan(1), rows);
            if (!BrotliEncoder.TryCompress(plain.AsSpan(0, rows * width), packed.AsSpan(HeaderLength), out var length, FastestQuality, Window)) throw new InvalidOperationException("Packing failed.");
            return packed.AsSpan(0, HeaderLength + length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Pack"/> gave.</exception>
    public static T[] Unpack<T>(ReadOnlySpan<byte> packed, int width, SpanReader<T> read)
    {
        if (packed.Length < HeaderLength || packed[0] != Format) throw new InvalidDataException("Written in an unknown format.");
        var rows = BitConverter.ToInt32(packed[1..]);
        var plain = ArrayPool<byte>.Shared.Rent(Math.Max(rows * width, 1));
        try
        {
            if (!BrotliDecoder.TryDecompress(packed[HeaderLength..], plain, out var length) || length != rows * width) throw new InvalidDataException("Cut off, or damaged.");
            var items = new T[rows];
            Span<byte> row = stackalloc byte[width];
            for (var i = 0; i < rows; i++)
            {
                for (var column = 0; column < width; column++) row[column] = plain[(column * rows) + i];
                items[i] = read(row);
            }
            return items;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    internal delegate void SpanWriter(int index, Span<byte> row);

    internal delegate T SpanReader<T>(ReadOnlySpan<byte> row);
}
