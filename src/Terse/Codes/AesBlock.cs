using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesNi = System.Runtime.Intrinsics.X86.Aes;
using Sse2 = System.Runtime.Intrinsics.X86.Sse2;

namespace Terse.Codes;

/// <summary>
/// AES on one block of 16 bytes (FIPS 197), without allocation and safe for many threads: with the processor's AES instructions where it has
/// them, else with the framework's cipher.
/// </summary>
internal sealed class AesBlock
{
    private readonly Vector128<byte>[]? _roundKeys;
    private readonly Aes? _framework;

    /// <param name="key">16, 24 or 32 bytes.</param>
    public AesBlock(ReadOnlySpan<byte> key)
    {
        if (AesNi.IsSupported)
        {
            _roundKeys = ExpandKey(key);
        }
        else
        {
            _framework = Aes.Create();
            _framework.Key = key.ToArray();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Encrypt(Vector128<byte> block) => _roundKeys is { } keys ? Encrypt(block, keys) : EncryptSlowly(block);

    private static Vector128<byte> Encrypt(Vector128<byte> block, Vector128<byte>[] keys)
    {
        block ^= keys[0];
        for (var round = 1; round < keys.Length - 1; round++) block = AesNi.Encrypt(block, keys[round]);
        return AesNi.EncryptLast(block, keys[^1]);
    }

    private Vector128<byte> EncryptSlowly(Vector128<byte> block)
    {
        Span<byte> bytes = stackalloc byte[16];
        block.CopyTo(bytes);
        _framework!.EncryptEcb(bytes, bytes, PaddingMode.None);
        return Vector128.Create<byte>(bytes);
    }

    // FIPS 197, section 5.2, on words as the processor has them (little-endian).
    private static Vector128<byte>[] ExpandKey(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (16 or 24 or 32)) throw new ArgumentException("An AES key has 16, 24 or 32 bytes.", nameof(key));
        var length = key.Length / 4;
        var words = new uint[4 * (length + 7)];
        for (var i = 0; i < length; i++) words[i] = BitConverter.ToUInt32(key[(4 * i)..]);
        uint constant = 1;
        for (var i = length; i < words.Length; i++)
        {
            var word = words[i - 1];
            if (i % length == 0)
            {
                word = BitOperations.RotateRight(SubstituteBytes(word), 8) ^ constant;
                constant = (constant << 1) ^ (constant >= 0x80 ? 0x11Bu : 0);
            }
            else if (length > 6 && i % length == 4)
            {
                word = SubstituteBytes(word);
            }

            words[i] = words[i - length] ^ word;
        }

        var keys = new Vector128<byte>[words.Length / 4];
        for (var i = 0; i < keys.Length; i++) keys[i] = Vector128.Create(words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]).AsByte();
        return keys;
    }

    // The key-generation instruction substitutes the bytes of its second word into its first result word.
    private static uint SubstituteBytes(uint word) => Sse2.ConvertToUInt32(AesNi.KeygenAssist(Vector128.Create(0, word, 0, 0).AsByte(), 0).AsUInt32());
}
