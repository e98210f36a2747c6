using Mono.Cecil;

namespace Terse.Tests.Architecture;

/// <summary>
/// Which namespaces each type of an assembly uses, read from its compiled code: base types, interfaces, attributes, fields, signatures, locals and
/// every instruction. What the compiler makes (lambdas, iterators, async methods) counts for the type that it was made for. Aliases, global usings
/// and full names hide nothing from it; only constants, which the compiler copies, leave no trace.
/// </summary>
internal sealed class TypeUses
{
    private readonly HashSet<TypeReference> _used = [];

    private TypeUses()
    {
    }

    /// <summary>Every type of the assembly that is not nested, with the full names of the types that it uses.</summary>
    public static Dictionary<string, HashSet<string>> Of(string assemblyPath)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(assemblyPath);
        return assembly.MainModule.Types.ToDictionary(type => type.FullName, type =>
        {
            var uses = new TypeUses();
            uses.Visit(type);
            return uses._used.Select(used => used.FullName).ToHashSet(StringComparer.Ordinal);
        });
    }

    private void Visit(TypeDefinition type)
    {
        Use(type.BaseType);
        foreach (var implemented in type.Interfaces) Use(implemented.InterfaceType);
        Visit((ICustomAttributeProvider)type);
        Visit((IGenericParameterProvider)type);
        foreach (var field in type.Fields)
        {
            Use(field.FieldType);
            Visit((ICustomAttributeProvider)field);
        }

        foreach (var property in type.Properties) Visit((ICustomAttributeProvider)property);
        foreach (var method in type.Methods) Visit(method);
        foreach (var nested in type.NestedTypes) Visit(nested);
    }

    private void Visit(MethodDefinition method)
    {
        UseSignature(method);
        Visit((ICustomAttributeProvider)method);
        Visit((IGenericParameterProvider)method);
        foreach (var parameter in method.Parameters) Visit((ICustomAttributeProvider)parameter);
        if (!method.HasBody) return;
        foreach (var local in method.Body.Variables) Use(local.VariableType);
        foreach (var handler in method.Body.ExceptionHandlers) Use(handler.CatchType);
        foreach (var instruction in method.Body.Instructions) UseOperand(instruction.Operand);
    }

    private void Visit(ICustomAttributeProvider provider)
    {
        foreach (var attribute in provider.CustomAttributes)
        {
            Use(attribute.AttributeType);
            foreach (var argument in attribute.ConstructorArguments) Use(argument.Value as TypeReference);
        }
    }

    private void Visit(IGenericParameterProvider provider)
    {
        foreach (var constraint in provider.GenericParameters.SelectMany(parameter => parameter.Constraints)) Use(constraint.ConstraintType);
    }

    private void UseOperand(object? operand)
    {
        switch (operand)
        {
            case TypeReference type:
                Use(type);
                break;
            case FieldReference field:
                Use(field.DeclaringType);
                Use(field.FieldType);
                break;
            case MethodReference method:
                Use(method.DeclaringType);
                UseSignature(method);
                if (method is GenericInstanceMethod generic) foreach (var argument in generic.GenericArguments) Use(argument);
                break;
        }
    }

    private void UseSignature(MethodReference method)
    {
        Use(method.ReturnType);
        foreach (var parameter in method.Parameters) Use(parameter.ParameterType);
    }

    /// <summary>A type, and what it is made of: arguments of generics, elements of arrays and references, and the types it is nested in.</summary>
    private void Use(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) Use(argument);
                Use(generic.ElementType);
                return;
            case IModifierType modified:
                Use(modified.ModifierType);
                Use(modified.ElementType);
                return;
            case TypeSpecification specification:
                Use(specification.ElementType);
                return;
        }

        Use(type.DeclaringType);
        _used.Add(type);
    }
}
