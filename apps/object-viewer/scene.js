// What is drawn, without drawing it: three.js objects on the arrays as they come from the server.

/** A colour for each object, far apart. */
export function colorOf(index) {
  return `hsl(${Math.round((index * 137.508) % 360)}, 65%, 62%)`;
}

/** Loads everything. `load(path)` gives an ArrayBuffer. Returns the scene, its objects, and the sphere around them. */
export async function loadScene(THREE, list, load) {
  const scene = new THREE.Scene();
  scene.add(new THREE.HemisphereLight(0xffffff, 0x404050, 2.2));
  const sun = new THREE.DirectionalLight(0xffffff, 1.2);
  sun.position.set(1, 2, 3);
  scene.add(sun);
  const objects = await Promise.all(
    list.map(async ({ name, kind }, i) => {
      const [vertices, indices] = await Promise.all(
        ["vertices", "indices"].map((part) => load(`/objects/${i}/${part}`)),
      );
      const geometry = new THREE.BufferGeometry();
      geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(vertices), 3));
      geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(indices), 1));
      const color = colorOf(i);
      if (kind === "skeleton")
        return Object.assign(new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color })), {
          name,
        });
      geometry.computeVertexNormals();
      const material = new THREE.MeshStandardMaterial({ color, roughness: 0.7, side: THREE.DoubleSide });
      return Object.assign(new THREE.Mesh(geometry, material), { name });
    }),
  );
  for (const object of objects) scene.add(object);
  const box = new THREE.Box3();
  for (const object of objects) box.expandByObject(object);
  const sphere = box.isEmpty()
    ? new THREE.Sphere(new THREE.Vector3(), 1)
    : box.getBoundingSphere(new THREE.Sphere());
  return { scene, objects, sphere };
}
