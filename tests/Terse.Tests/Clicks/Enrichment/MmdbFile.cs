using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Terse.Tests.Clicks.Enrichment;

/// <summary>
/// Writes a small database in the MaxMind DB format, version 2.0 (https://maxmind.github.io/MaxMind-DB/): an IPv6 tree of 32-bit records, in which
/// IPv4 networks lie under ::/96, and records of maps and texts.
/// </summary>
internal sealed class MmdbFile
{
    private readonly List<int[]> _nodes = [[-1, -1]];
    private readonly List<byte> _data = [];

    public MmdbFile Add(string network, object record)
    {
        var parsed = IPNetwork.Parse(network);
        var v4 = parsed.BaseAddress.GetAddressBytes() is { Length: 4 };
        byte[] bytes = v4 ? [.. new byte[12], .. parsed.BaseAddress.GetAddressBytes()] : parsed.BaseAddress.GetAddressBytes();
        var bits = parsed.PrefixLength + (v4 ? 96 : 0);
        var place = _data.Count;
        using var written = new MemoryStream();
        Write(written, record);
        _data.AddRange(written.ToArray());

        var node = 0;
        for (var bit = 0; bit < bits; bit++)
        {
            var side = (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
            if (bit == bits - 1) _nodes[node][side] = -2 - place;
            else
            {
                if (_nodes[node][side] == -1)
                {
                    _nodes.Add([-1, -1]);
                    _nodes[node][side] = _nodes.Count - 1;
                }
                node = _nodes[node][side];
            }
        }
        return this;
    }

    public void Save(string path)
    {
        using var file = File.Create(path);
        Span<byte> record = stackalloc byte[4];
        foreach (var side in _nodes.SelectMany(node => node))
        {
            // A record is a node, "not found" (the number of nodes), or a place in the data, counted past the nodes and a separator of 16 bytes.
            var value = side switch { -1 => _nodes.Count, >= 0 => side, _ => _nodes.Count + 16 + (-2 - side) };
            BinaryPrimitives.WriteInt32BigEndian(record, value);
            file.Write(record);
        }
        file.Write(new byte[16]);
        file.Write([.. _data]);
        file.Write([0xab, 0xcd, 0xef, .. "MaxMind.com"u8]);
        Write(file, new Dictionary<string, object>
        {
            ["node_count"] = (uint)_nodes.Count,
            ["record_size"] = (ushort)32,
            ["ip_version"] = (ushort)6,
            ["database_type"] = "Terse-Test",
            ["languages"] = Array.Empty<string>(),
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_767_225_600UL,
            ["description"] = new Dictionary<string, object>(),
        });
    }

    private static void Write(Stream stream, object value)
    {
        switch (value)
        {
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                stream.WriteByte((byte)(0x40 | utf8.Length));
                stream.Write(utf8);
                break;
            case ushort number:
                stream.Write([0xa2, (byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                stream.Write([0xc4, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
                break;
            case ulong number:
                stream.Write([0x08, 0x02]);
                Span<byte> big = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(big, number);
                stream.Write(big);
                break;
            case string[] texts:
                stream.Write([(byte)texts.Length, 0x04]);
                foreach (var text in texts) Write(stream, text);
                break;
            case Dictionary<string, object> map:
                stream.WriteByte((byte)(0xe0 | map.Count));
                foreach (var (key, item) in map)
                {
                    Write(stream, key);
                    Write(stream, item);
                }
                break;
            default:
                throw new ArgumentException($"No such type in the test's databases: {value.GetType()}");
        }
    }
}
