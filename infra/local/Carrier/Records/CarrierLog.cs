using System.Buffers;
using System.Text.Json;
using Serverless.Local.Carrier.Http;

namespace Serverless.Local.Carrier.Records;

/// <summary>
/// JSON lines, only ever appended to. What was written has reached the operating system when <see cref="Write"/> returns: it outlives
/// the process, though not the machine's power.
/// </summary>
internal sealed class CarrierLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    private CarrierLog(FileStream file)
    {
        _file = file;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = CarrierJson.Relaxed });
    }

    /// <param name="folder">Made when it is missing.</param>
    /// <param name="read">Called for each line that is there, oldest first.</param>
    /// <exception cref="InvalidDataException">A line in the middle cannot be read; only the last one may be torn.</exception>
    /// <exception cref="IOException">Another process holds the log.</exception>
    public static CarrierLog Open(string folder, Action<LogLine> read)
    {
        Directory.CreateDirectory(folder);
        var file = new FileStream(Path.Combine(folder, "carrier.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            file.SetLength(ReadLines(file, read));
            file.Seek(0, SeekOrigin.End);
            return new CarrierLog(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends the lines in one write, all together.</summary>
    public void Write(IEnumerable<LogLine> lines)
    {
        lock (_lock)
        {
            foreach (var line in lines)
            {
                _json.Reset();
                JsonSerializer.Serialize(_json, line, CarrierJson.Context.LogLine);
                _buffer.Write("\n"u8);
            }
            _file.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _file.SetLength(0);
            _file.Seek(0, SeekOrigin.Begin);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _json.Dispose();
            _file.Dispose();
        }
    }

    /// <returns>Where the last whole line ends.</returns>
    private static long ReadLines(FileStream file, Action<LogLine> read)
    {
        using var reader = new LineReader(file);
        long end = 0;
        for (var number = 1; reader.TryRead(out var line); number++)
        {
            read(Parse(line, number));
            end = reader.Position;
        }
        return end;
    }

    private static LogLine Parse(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CarrierJson.Context.LogLine) ?? throw new InvalidDataException($"Line {number} of the carrier's log is empty.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"Line {number} of the carrier's log cannot be read.", exception);
        }
    }
}
