// Meshes of a segmentation: `?meshes=URL&ids=1,2` (without ids: those that the server tells of).
import { open } from "cloudvolume";
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

const status = document.getElementById("status");
const query = new URLSearchParams(location.search);
const path = new URL(query.get("meshes") ?? "./data/segmentation", location.href).href;

try {
  const found = await open(path);
  const meshes = found.kind === "volume" ? found.volume.mesh : found.mesh;
  const ids = query.get("ids")?.split(",").map(BigInt) ?? (await meshes.list());
  const scene = new THREE.Scene();
  scene.add(new THREE.HemisphereLight(0xdfe9ff, 0x20242c, 3));
  const group = new THREE.Group();
  let triangles = 0;
  for (const [id, mesh] of await meshes.get(ids, { fuse: false })) {
    const geometry = mesh.toBufferGeometry(THREE); // the mesh's own arrays
    geometry.computeVertexNormals();
    const color = new THREE.Color().setHSL(((Number(id) * 137.508) % 360) / 360, 0.6, 0.6);
    group.add(
      new THREE.Mesh(
        geometry,
        new THREE.MeshStandardMaterial({ color, roughness: 0.6, side: THREE.DoubleSide }),
      ),
    );
    triangles += mesh.faces.length / 3;
  }
  scene.add(group);

  const { center, radius } = new THREE.Box3().setFromObject(group).getBoundingSphere(new THREE.Sphere());
  const camera = new THREE.PerspectiveCamera(40, 1, radius / 100, radius * 20);
  camera.position.copy(center).add(new THREE.Vector3(radius, radius * 0.8, radius * 2.4));
  const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.setPixelRatio(devicePixelRatio);
  renderer.setClearColor(0x101318);
  document.body.append(renderer.domElement);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.target.copy(center);
  const draw = () => renderer.render(scene, camera);
  const resize = () => {
    camera.aspect = innerWidth / innerHeight;
    camera.updateProjectionMatrix();
    renderer.setSize(innerWidth, innerHeight);
    draw();
  };
  controls.addEventListener("change", draw);
  addEventListener("resize", resize);
  controls.update();
  resize();
  status.textContent = `${group.children.length} objects, ${triangles.toLocaleString("en")} triangles`;
  document.body.dataset.drawn = String(triangles);
} catch (error) {
  status.textContent = String(error);
}
