using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Terse.Codes;

/// <summary>
/// FF1, the format-preserving encryption of NIST SP 800-38G (2016), section 5.1: a keyed permutation of all numeral strings of one length and
/// radix. Specialised for short strings: each half must fit 63 bits, and every value is a number, never a string. Allocates nothing; safe for
/// many threads.
/// </summary>
internal sealed class Ff1
{
    private const int Rounds = 10;
    private const int Block = 16;

    private readonly AesBlock _cipher;
    private readonly Vector128<byte> _afterHeader;
    private readonly byte[] _tweakBlocks;
    private readonly int _halfBytes;
    private readonly int _macBytes;
    private readonly ulong _leftSize;
    private readonly ulong _rightSize;

    /// <param name="key">An AES key: 16, 24 or 32 bytes.</param>
    /// <param name="radix">2 to 65,536.</param>
    /// <param name="length">Numerals per string, 2 or more; radix^length must be at least 1,000,000 to be secure, which the caller sees to.</param>
    /// <param name="tweak">Not secret; each tweak gives another permutation.</param>
    public Ff1(ReadOnlySpan<byte> key, int radix, int length, ReadOnlySpan<byte> tweak)
    {
        _cipher = new AesBlock(key);
        var left = length / 2;
        var right = length - left;
        if (BigInteger.Pow(radix, right) > long.MaxValue) throw new ArgumentOutOfRangeException(nameof(length), "A half must fit 63 bits.");
        _leftSize = (ulong)BigInteger.Pow(radix, left);
        _rightSize = (ulong)BigInteger.Pow(radix, right);

        // Steps 3 and 4 of the standard: b bytes hold a half, d bytes of the MAC are used.
        _halfBytes = ((int)(BigInteger.Pow(radix, right) - 1).GetBitLength() + 7) / 8;
        _macBytes = (4 * ((_halfBytes + 3) / 4)) + 4;

        // Step 5: the header P is the same for every call, so its cipher block is made once.
        Span<byte> header = stackalloc byte[Block];
        header[0] = 1;
        header[1] = 2;
        header[2] = 1;
        header[3] = (byte)(radix >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)radix);
        header[6] = Rounds;
        header[7] = (byte)left;
        BinaryPrimitives.WriteInt32BigEndian(header[8..], length);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], tweak.Length);
        _afterHeader = _cipher.Encrypt(Vector128.Create<byte>(header));

        // Step 6.i without what changes per round: the tweak and the zeros; the round number and the half are written at its end.
        _tweakBlocks = new byte[(tweak.Length + _halfBytes + 1 + Block - 1) / Block * Block];
        tweak.CopyTo(_tweakBlocks);
    }

    /// <summary>How many left halves there are: radix^floor(length/2).</summary>
    public ulong LeftSize => _leftSize;

    /// <summary>How many right halves there are: radix^ceil(length/2). Left times right is the size of the domain.</summary>
    public ulong RightSize => _rightSize;

    /// <summary>Encrypts the string whose halves, read as numbers, are <paramref name="a"/> and <paramref name="b"/>.</summary>
    public (ulong A, ulong B) Encrypt(ulong a, ulong b)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var size = (round & 1) == 0 ? _leftSize : _rightSize;
            (a, b) = (b, Add(a, Mac(round, b, size), size));
        }

        return (a, b);
    }

    /// <summary>The inverse of <see cref="Encrypt"/>.</summary>
    public (ulong A, ulong B) Decrypt(ulong a, ulong b)
    {
        for (var round = Rounds - 1; round >= 0; round--)
        {
            var size = (round & 1) == 0 ? _leftSize : _rightSize;
            (a, b) = (Add(b, size - Mac(round, a, size), size), a);
        }

        return (a, b);
    }

    // Both are below size, or the second is size itself, which fits 63 bits.
    private static ulong Add(ulong x, ulong y, ulong size) => (x + y) % size;

    /// <summary>Steps 6.i to 6.vi: a pseudo-random number below <paramref name="size"/>, made of the round and the other half.</summary>
    private ulong Mac(int round, ulong half, ulong size)
    {
        Span<byte> blocks = stackalloc byte[_tweakBlocks.Length];
        _tweakBlocks.CopyTo(blocks);
        for (var i = 1; i <= _halfBytes; i++, half >>= 8) blocks[^i] = (byte)half;
        blocks[^(_halfBytes + 1)] = (byte)round;

        var mac = _afterHeader;
        for (var at = 0; at < blocks.Length; at += Block) mac = _cipher.Encrypt(mac ^ Vector128.Create<byte>(blocks.Slice(at, Block)));

        Span<byte> bytes = stackalloc byte[Block];
        mac.CopyTo(bytes);
        var number = BinaryPrimitives.ReadUInt128BigEndian(bytes) >> (8 * (Block - _macBytes));
        return (ulong)(number % size);
    }
}
